// A step's manifest as it is recorded, and what people read of it.
#include "core/manifest.h"

#include "base/text.h"
#include "fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  const auto bytes = text_of(data, size);
  const auto manifest = decode_manifest(bytes);
  if (manifest) {
    require(encode(*manifest) == bytes, "decoded and encoded it is the same");
    const auto half = decode_manifest(bytes.substr(0, size / 2)).value_or(Manifest{});
    for (const auto& change : manifest_changes(half, *manifest)) {
      const std::string words = describe(change);
      require(!words.empty(), "a change is told");
    }
    require(manifest_changes(*manifest, *manifest).empty(), "nothing differs from itself");
    for (const auto& part : *manifest) {
      (void)content_hash_of(part);
      (void)to_text(part.kind);
    }
  }
  (void)readable_template(bytes);
  const Template segments = {{.kind = Segment::Kind::text, .text = std::string(bytes)},
                             {.kind = Segment::Kind::input, .text = "x"}};
  require(readable_template(encode(segments)) == std::string(bytes) + "${{inputs.x}}",
          "a template is read as it was written");
  return 0;
}
