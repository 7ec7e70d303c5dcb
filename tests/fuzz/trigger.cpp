// A recorded trigger, of which a damaged database may hold anything: the same when it is written
// again, and due in order, in any zone.
#include "core/trigger.h"

#include "base/error.h"
#include "base/text.h"
#include "fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  const auto text = text_of(data, size);
  const auto trigger = decode_trigger(text);
  if (!trigger) return 0;
  require(encode(*trigger) == text, "a trigger is written as it was read", text);
  require(is_utf8(describe(*trigger)), "it can be described", text);
  const auto created = from_micros(1'774'000'000'123'456);  // some days before clocks change
  auto after = created - Duration(1);
  try {
    for (int count = 0; count < 50; ++count) {
      const auto next = next_fire(*trigger, created, after);
      if (!next) break;
      require(*next > after, "it fires after the moment that was asked for", text);
      require(*next >= created, "it does not fire before its creation", text);
      require(!trigger->start || *next >= *trigger->start, "or before its start", text);
      require(!trigger->end || *next <= *trigger->end, "or after its end", text);
      require(next_fire(*trigger, created, *next - Duration(1)) == next, "nothing lies between",
              text);
      after = *next;
    }
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::system, "an unknown zone is this machine's", error.what());
  }
  return 0;
}
