// Cron expressions as people write them: refused with a place, or due again and again.
#include "core/cron_expression.h"

#include "base/error.h"
#include "fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  const auto text = text_of(data, size);
  CronExpression cron;
  try {
    cron = parse_cron_expression(text);
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::usage, "a wrong expression is the caller's", error.what());
    require(std::string_view(error.what()).find("': character ") != std::string_view::npos,
            "a refusal has a place", error.what());
    require_good_message(error.what(), "", text);
    return 0;
  }
  require(parse_cron_expression(cron.text) == cron, "its text says the same", cron.text);
  auto from = WallTime(std::chrono::seconds(1'795'176'007));
  for (int count = 0; count < 5; ++count) {
    const auto due = next_due(cron, from);
    require(due.has_value(), "what is taken is due some time", cron.text);
    require(*due >= from && due->time_since_epoch().count() % 60 == 0, "at a minute to come",
            cron.text);
    require(next_due(cron, *due) == *due, "a due minute is due", cron.text);
    from = *due + std::chrono::seconds(1);
  }
  return 0;
}
