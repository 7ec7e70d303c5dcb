// A schedule's file: read, or refused with places inside it.
#include "base/error.h"
#include "core/trigger.h"
#include "fuzz/fuzz_target.h"
#include "spec/read_schedule.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  static const ScratchFile file("schedule.yaml");
  const auto text = text_of(data, size);
  file.write(text);
  try {
    const auto schedule = read_schedule(file.path());
    require(trigger_problem(schedule.trigger).empty(), "what is read keeps the rules",
            trigger_problem(schedule.trigger));
    require(decode_trigger(encode(schedule.trigger)) == schedule.trigger,
            "what is read can be recorded", encode(schedule.trigger));
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::invalid_file, "a wrong file is called so", error.what());
    require_good_message(error.what(), file.path().native(), text);
  }
  return 0;
}
