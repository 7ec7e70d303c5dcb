// Texts of ours in a database, which may be damaged: any text is taken as one or as nothing; what
// is taken can be written, and what is written is taken as the same. None is shown as bytes that
// are no text.
#include "base/text.h"
#include "core/frozen_spec.h"
#include "core/notification.h"
#include "engine/run_to_repeat.h"
#include "fuzz/fuzz_target.h"
#include "registry/asset_row.h"
#include "registry/submission.h"

namespace mlpipe::fuzz {

namespace {

template <class Decode>
void check(std::string_view text, const Decode& decode) {
  const auto taken = decode(text);
  if (!taken) return;
  const auto written = encode(*taken);
  const auto again = decode(written);
  require(again.has_value(), "what is written is taken", written);
  require(encode(*again) == written, "it is written as the same text again", written);
  if constexpr (requires { *again == *taken; })
    require(*again == *taken, "it is taken as the same", written);
}

void check_spec(std::string_view text) {
  check(text, decode_frozen_spec);
  const auto spec = decode_frozen_spec(text);
  if (!spec) return;
  require(spec->objects().size() <= spec->sources.size() + spec->inputs.size(),
          "each object is named once");
  for (const auto& [path, input] : spec->inputs)
    require(!spec->frozen_input(path), "no record says where its contents lie", path.native());
}

void check_notifications(std::string_view text) {
  check(text, decode_notifications);
  const auto notifications = decode_notifications(text);
  if (!notifications) return;
  for (const auto& each : *notifications) {
    require(is_utf8(shown_target(each)), "a target can be shown", each.target);
    require(is_utf8(webhook_problem(each.target)), "what is wrong with it, too", each.target);
  }
}

void check_map(std::string_view text) {
  const auto texts = decode_texts(text);
  require(decode_texts(encode_texts(texts)) == texts, "a map of texts stays as it is", text);
}

}  // namespace

}  // namespace mlpipe::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  const auto text = text_of(data, size);
  check(text, decode_run_to_repeat);
  check(text, decode_submission);
  check_spec(text);
  check_notifications(text);
  check_map(text);
  return 0;
}
