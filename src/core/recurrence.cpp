#include "core/recurrence.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace mlpipe {

namespace chrono = std::chrono;

namespace {

using Frequency = Recurrence::Frequency;

constexpr std::array<std::string_view, 5> frequency_names = {"minute", "hour", "day", "week",
                                                             "month"};

/// More than there are up to the last year.
constexpr std::int64_t most_months = 120'000;

std::optional<RecurrenceProblem> list_problem(const char* field, const std::vector<int>& values,
                                              int least, int most) {
  for (const int value : values)
    if (value < least || value > most)
      return RecurrenceProblem{
          field, fmt::format("{} in '{}' is not within {}-{}", value, field, least, most)};
  return std::nullopt;
}

/// When a day that is due is due: sorted times of day.
std::vector<chrono::seconds> times_of_day(const Recurrence& recurrence, WallTime anchor) {
  const auto anchor_time = anchor - chrono::floor<chrono::days>(anchor);
  if (recurrence.hours.empty() && recurrence.minutes.empty()) return {anchor_time};
  std::vector<chrono::seconds> times;
  const std::vector<int> anchor_hour = {
      static_cast<int>(chrono::floor<chrono::hours>(anchor_time).count())};
  const std::vector<int> full_hour = {0};
  for (const int hour : recurrence.hours.empty() ? anchor_hour : recurrence.hours)
    for (const int minute : recurrence.minutes.empty() ? full_hour : recurrence.minutes)
      times.emplace_back(chrono::hours(hour) + chrono::minutes(minute));
  return times;
}

/// Monday of a day's week.
chrono::local_days week_start(chrono::local_days day) {
  return day - (chrono::weekday(day) - chrono::Monday);
}

/// Goes through the days that are due.
class DueDays {
 public:
  DueDays(const Recurrence& recurrence, chrono::local_days anchor)
      : recurrence_(recurrence), anchor_(anchor), month_days_(recurrence.month_days) {
    if (month_days_.empty())
      month_days_ = {static_cast<int>(static_cast<unsigned>(chrono::year_month_day(anchor).day()))};
    for (int week_day : recurrence.week_days) from_monday_.push_back((week_day + 6) % 7);
    if (from_monday_.empty())
      from_monday_ = {static_cast<int>((chrono::weekday(anchor) - chrono::Monday).count())};
    std::sort(from_monday_.begin(), from_monday_.end());
  }

  /// The first one that is not before `from`, which is not before the anchor.
  [[nodiscard]] std::optional<chrono::local_days> next(chrono::local_days from) const {
    const chrono::local_days last(chrono::year(9999) / chrono::December / chrono::day(31));
    if (from > last) return std::nullopt;
    std::optional<chrono::local_days> day;
    if (recurrence_.frequency == Frequency::week)
      day = next_by_week(from);
    else if (recurrence_.frequency == Frequency::month)
      day = next_by_month(from, last);
    else
      day = anchor_ + rounded_up((from - anchor_).count(), 1);
    return day && *day <= last ? day : std::nullopt;
  }

 private:
  /// `units` up to the next multiple of the interval, as days.
  [[nodiscard]] chrono::days rounded_up(std::int64_t units, int days_each) const {
    const std::int64_t interval = recurrence_.interval;
    return chrono::days((units + interval - 1) / interval * interval * days_each);
  }

  [[nodiscard]] std::optional<chrono::local_days> next_by_week(chrono::local_days from) const {
    const auto first = week_start(anchor_);
    const auto weeks = (week_start(from) - first).count() / 7;
    auto week = first + rounded_up(weeks, 7);
    for (const int day : from_monday_)
      if (week + chrono::days(day) >= from) return week + chrono::days(day);
    week = first + rounded_up(weeks + 1, 7);
    return week + chrono::days(from_monday_.front());
  }

  [[nodiscard]] std::optional<chrono::local_days> next_by_month(chrono::local_days from,
                                                                chrono::local_days last) const {
    const chrono::year_month_day anchor(anchor_);
    const auto anchor_month = anchor.year() / anchor.month();
    const chrono::year_month_day start(from);
    const std::int64_t interval = recurrence_.interval;
    std::int64_t months = ((start.year() / start.month()) - anchor_month).count();
    for (months = (months + interval - 1) / interval * interval; months < most_months;
         months += interval) {
      const auto month = anchor_month + chrono::months(months);
      if (chrono::local_days(month / chrono::day(1)) > last) break;
      for (const int day : month_days_) {
        const auto date = month / chrono::day(static_cast<unsigned>(day));
        if (date.ok() && chrono::local_days(date) >= from) return chrono::local_days(date);
      }
    }
    return std::nullopt;
  }

  const Recurrence& recurrence_;
  chrono::local_days anchor_;
  std::vector<int> month_days_;
  std::vector<int> from_monday_;
};

}  // namespace

bool counts_in_calendar(Frequency frequency) {
  return frequency != Frequency::minute && frequency != Frequency::hour;
}

std::optional<RecurrenceProblem> recurrence_problem(const Recurrence& recurrence) {
  const auto frequency = to_text(recurrence.frequency);
  if (recurrence.interval < 1 || recurrence.interval > most_intervals)
    return RecurrenceProblem{"interval", fmt::format("'interval' must be from 1 to {}, not {}",
                                                     most_intervals, recurrence.interval)};
  const auto misplaced = [&](const char* field, std::string_view goes_with) {
    return RecurrenceProblem{field, fmt::format("'{}' goes with a frequency of {}, not with {}",
                                                field, goes_with, frequency)};
  };
  // azureml.md 2.7: hours and minutes are for days and weeks; 3.11 adds months.
  if (!counts_in_calendar(recurrence.frequency)) {
    if (!recurrence.hours.empty()) return misplaced("hours", "day, week or month");
    if (!recurrence.minutes.empty()) return misplaced("minutes", "day, week or month");
  }
  if (!recurrence.week_days.empty() && recurrence.frequency != Frequency::week)
    return misplaced("week_days", "week");
  if (!recurrence.month_days.empty() && recurrence.frequency != Frequency::month)
    return misplaced("month_days", "month");
  if (auto problem = list_problem("hours", recurrence.hours, 0, 23)) return problem;
  if (auto problem = list_problem("minutes", recurrence.minutes, 0, 59)) return problem;
  if (auto problem = list_problem("week_days", recurrence.week_days, 0, 6)) return problem;
  return list_problem("month_days", recurrence.month_days, 1, 31);
}

std::optional<WallTime> next_due(const Recurrence& recurrence, WallTime anchor, WallTime from) {
  from = std::max(from, anchor);
  const auto times = times_of_day(recurrence, anchor);
  const DueDays days(recurrence, chrono::floor<chrono::days>(anchor));
  const auto from_day = chrono::floor<chrono::days>(from);
  const auto first = days.next(from_day);
  if (!first) return std::nullopt;
  for (const auto time : times)
    if (WallTime(*first) + time >= from) return WallTime(*first) + time;
  const auto later = days.next(*first + chrono::days(1));
  if (!later) return std::nullopt;
  return WallTime(*later) + times.front();
}

std::string_view to_text(Frequency frequency) {
  return frequency_names.at(static_cast<std::size_t>(frequency));
}

std::optional<Frequency> parse_frequency(std::string_view text) {
  const auto asked = lower_case(text);
  for (std::size_t index = 0; index < frequency_names.size(); ++index)
    if (asked == frequency_names[index] || asked == std::string(frequency_names[index]) + "s")
      return static_cast<Frequency>(index);
  return std::nullopt;
}

}  // namespace mlpipe
