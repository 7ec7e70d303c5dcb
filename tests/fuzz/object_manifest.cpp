// An object's list of entries: bytes that are taken are the encoding of what they are taken for.
#include "store/object_manifest.h"

#include "base/hash.h"
#include "fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  std::string bytes(text_of(data, size));
  (void)decode_object_manifest(bytes);
  bytes.append(hash_bytes(bytes).view());  // as no input would guess it
  if (const auto manifest = decode_object_manifest(bytes))
    require(encode_object_manifest(*manifest) == bytes, "decoded and encoded it is the same");
  return 0;
}
