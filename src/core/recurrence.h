#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time_zone.h"

namespace mlpipe {

/// Every so many minutes, hours, days, weeks or months, as Azure's schedules say it (azureml.md 2.7
/// and 3.11). Lists are sorted and have nothing twice.
struct Recurrence {
  enum class Frequency : std::uint8_t { minute, hour, day, week, month };

  Frequency frequency = Frequency::day;
  int interval = 1;                  ///< 1 to most_intervals.
  std::vector<int> hours = {};       ///< 0 to 23; each with each of `minutes`.
  std::vector<int> minutes = {};     ///< 0 to 59.
  std::vector<int> week_days = {};   ///< 0 (Sunday) to 6.
  std::vector<int> month_days = {};  ///< 1 to 31; months without such a day are passed over.

  /// It names times or days, and does not only count from its beginning.
  [[nodiscard]] bool has_pattern() const {
    return !hours.empty() || !minutes.empty() || !week_days.empty() || !month_days.empty();
  }
  bool operator==(const Recurrence&) const = default;
};

/// The longest interval, in any unit.
inline constexpr int most_intervals = 100'000;

/// What is wrong with a recurrence.
struct RecurrenceProblem {
  std::string field;    ///< "hours"
  std::string message;  ///< "'hours' goes with a frequency of day, week or month, not with minute"
};

/// The first field that breaks a rule. Lists need not be sorted.
[[nodiscard]] std::optional<RecurrenceProblem> recurrence_problem(const Recurrence& recurrence);

/// Minute and hour are spans of time; days, weeks and months are those of a calendar.
[[nodiscard]] bool counts_in_calendar(Recurrence::Frequency frequency);

/// The first due wall time that is neither before `from` nor before `anchor`; nothing if none is
/// before the year 10000. For frequencies that count in the calendar only.
///
/// Days are counted from the anchor's, weeks from the one it lies in (they begin on Monday), months
/// from its month. What is not named is the anchor's: the time of day, the weekday, the day of the
/// month. Hours without minutes are full hours.
[[nodiscard]] std::optional<WallTime> next_due(const Recurrence& recurrence, WallTime anchor,
                                               WallTime from);

/// "day"
[[nodiscard]] std::string_view to_text(Recurrence::Frequency frequency);
/// Also "days" and "Day".
[[nodiscard]] std::optional<Recurrence::Frequency> parse_frequency(std::string_view text);

}  // namespace mlpipe
