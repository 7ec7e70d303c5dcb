#include <algorithm>

#include "core/cron_expression.h"

namespace mlpipe {

namespace chrono = std::chrono;

namespace {

bool is_due_on(const CronExpression& cron, chrono::local_days day, chrono::day of_month) {
  const bool by_month = cron.days.test(static_cast<unsigned>(of_month));
  const bool by_week = cron.week_days.test(chrono::weekday(day).c_encoding());
  return cron.either_day ? by_month || by_week : by_month && by_week;
}

/// The first due minute of a due day that is not before minute `from` of it.
std::optional<chrono::minutes> next_due_minute(const CronExpression& cron, unsigned from) {
  for (unsigned hour = from / 60; hour < 24; ++hour) {
    if (!cron.hours.test(hour)) continue;
    for (unsigned minute = hour == from / 60 ? from % 60 : 0; minute < 60; ++minute)
      if (cron.minutes.test(minute)) return chrono::hours(hour) + chrono::minutes(minute);
  }
  return std::nullopt;
}

}  // namespace

std::optional<WallTime> next_due(const CronExpression& cron, WallTime from) {
  const auto first = chrono::ceil<chrono::minutes>(from);
  const auto first_day = chrono::floor<chrono::days>(first);
  const chrono::year_month_day start(first_day);
  if (start.year() > chrono::year(9999)) return std::nullopt;
  for (auto month = start.year() / start.month(); month.year() <= chrono::year(9999);
       month += chrono::months(1)) {
    if (!cron.months.test(static_cast<unsigned>(month.month()))) continue;
    const chrono::local_days month_start(month / chrono::day(1));
    const chrono::local_days month_end((month + chrono::months(1)) / chrono::day(1));
    for (auto day = std::max(month_start, first_day); day < month_end; day += chrono::days(1)) {
      const auto of_month = chrono::day(static_cast<unsigned>((day - month_start).count() + 1));
      if (!is_due_on(cron, day, of_month)) continue;
      const auto from_minute = day == first_day ? (first - first_day).count() : 0;
      if (const auto minute = next_due_minute(cron, static_cast<unsigned>(from_minute)))
        return WallTime(day) + *minute;
    }
  }
  return std::nullopt;
}

}  // namespace mlpipe
