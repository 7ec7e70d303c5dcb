#pragma once

#include <bitset>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/time_zone.h"

namespace mlpipe {

/// When something is due, in the five fields of cron: minute, hour, day of the month, month, day of
/// the week.
///
/// Values are numbers or names of months and weekdays (`jan`, `Monday`), in lists, ranges and
/// steps: `*/15`, `10-50/20`, and `5/15` for "from 5 on", as Azure's NCrontab has it. 0 and 7 are
/// Sunday. `@daily` and its like stand for what they stand for in cron. All five fields count,
/// unlike in Azure ML, which takes the days and months of a schedule for `*` (azureml.md 3.11).
struct CronExpression {
  std::string text;  ///< As written, with single blanks.
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;      ///< 1 to 31.
  std::bitset<13> months;    ///< 1 to 12.
  std::bitset<7> week_days;  ///< From Sunday.
  /// Neither field of days begins with `*`: a day is due if either has it, else if both have it.
  bool either_day = false;
  /// The minute or the hour begins with `*`: due whenever clocks show such a time, not at
  /// particular times of the day (cron(8) tells them apart where clocks are put forward or back).
  bool follows_clock = false;

  bool operator==(const CronExpression&) const = default;
};

/// Throws Error(usage) that shows the expression, the character where it goes wrong (from 1), the
/// field's name and what is allowed there. Refused, too, is what is never due: the 31st of April.
[[nodiscard]] CronExpression parse_cron_expression(std::string_view text);

/// The first due wall time that is not before `from`; nothing if none is before the year 10000.
[[nodiscard]] std::optional<WallTime> next_due(const CronExpression& cron, WallTime from);

/// "Sunday" for 0.
[[nodiscard]] std::string_view week_day_name(unsigned week_day);
/// 0 for "sunday", "Sun"; nothing for what names no weekday, in any case of letters.
[[nodiscard]] std::optional<unsigned> parse_week_day(std::string_view word);

}  // namespace mlpipe
