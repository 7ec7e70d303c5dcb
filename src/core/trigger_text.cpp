#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "core/trigger.h"

namespace mlpipe {

namespace chrono = std::chrono;

namespace {

/// More times of day than this are not said one by one.
constexpr std::size_t most_times_said = 6;
constexpr std::size_t most_days_said = 6;

/// "a", "a and b", "a, b and c"
std::string all_of_them(const std::vector<std::string>& words) {
  if (words.size() < 2) return words.empty() ? "" : words.front();
  const auto last = words.end() - 1;
  return fmt::format("{} and {}", fmt::join(words.begin(), last, ", "), *last);
}

template <std::size_t size>
std::vector<int> members(const std::bitset<size>& set) {
  std::vector<int> all;
  for (std::size_t value = 0; value < size; ++value)
    if (set.test(value)) all.push_back(static_cast<int>(value));
  return all;
}

/// "03:00 and 15:00"; "" for too many.
std::string times_text(const std::vector<int>& hours, const std::vector<int>& minutes) {
  if (hours.size() * minutes.size() > most_times_said) return {};
  std::vector<std::string> times;
  for (const int hour : hours)
    for (const int minute : minutes) times.push_back(fmt::format("{:02}:{:02}", hour, minute));
  return all_of_them(times);
}

/// "Monday to Friday", "Monday and Thursday".
std::string week_days_text(std::vector<int> days) {
  // From Monday, where people's weeks begin.
  std::sort(days.begin(), days.end(), [](int a, int b) { return (a + 6) % 7 < (b + 6) % 7; });
  std::vector<std::string> names;
  for (const int day : days) names.emplace_back(week_day_name(static_cast<unsigned>(day)));
  const bool in_a_row = !days.empty() && (days.back() + 6) % 7 - (days.front() + 6) % 7 + 1 ==
                                             static_cast<int>(days.size());
  if (days.size() > 2 && in_a_row) return fmt::format("{} to {}", names.front(), names.back());
  return all_of_them(names);
}

std::string month_days_text(const std::vector<int>& days) {
  std::vector<std::string> numbers;
  for (const int day : days) numbers.push_back(std::to_string(day));
  return fmt::format("{} {} of the month", days.size() == 1 ? "day" : "days", all_of_them(numbers));
}

/// The distance of minutes 0, 15, 30, 45; 0 if they are not so.
std::size_t even_distance(const std::vector<int>& minutes) {
  const auto step = 60 / minutes.size();
  if (60 % minutes.size() != 0) return 0;
  for (std::size_t index = 0; index < minutes.size(); ++index)
    if (minutes[index] != static_cast<int>(index * step)) return 0;
  return step;
}

/// "every 15 minutes", "every hour at minute 5"; "" if every hour is not the same.
std::string within_hours_text(const CronExpression& cron) {
  if (!cron.hours.all()) return {};
  const auto minutes = members(cron.minutes);
  if (minutes.size() == 1)
    return minutes.front() == 0 ? "every hour"
                                : fmt::format("every hour at minute {}", minutes.front());
  const auto step = even_distance(minutes);
  if (step == 0) return {};
  return step == 1 ? "every minute" : fmt::format("every {} minutes", step);
}

std::string cron_text(const CronExpression& cron) {
  const bool every_day = cron.days.count() == 31;
  const bool every_week_day = cron.week_days.all();
  auto times = within_hours_text(cron);
  const bool within_hours = !times.empty();
  if (!within_hours) {
    times = times_text(members(cron.hours), members(cron.minutes));
    if (!times.empty()) times = "at " + times;
  }
  if (times.empty() || cron.months.count() != 12 || cron.either_day ||
      (!every_day && (!every_week_day || cron.days.count() > most_days_said)))
    return fmt::format("cron '{}'", cron.text);
  if (!every_week_day) return times + ", " + week_days_text(members(cron.week_days));
  if (!every_day) return times + ", " + month_days_text(members(cron.days));
  return within_hours ? times : times + ", every day";
}

/// "every day", "every 2 weeks"
std::string every_text(std::int64_t count, std::string_view unit) {
  return count == 1 ? fmt::format("every {}", unit)
                    : fmt::format("every {}", counted(static_cast<std::size_t>(count), unit));
}

std::string recurrence_text(const Recurrence& recurrence) {
  auto text = every_text(recurrence.interval, to_text(recurrence.frequency));
  if (!recurrence.week_days.empty()) text += " on " + week_days_text(recurrence.week_days);
  if (!recurrence.month_days.empty()) text += " on " + month_days_text(recurrence.month_days);
  if (recurrence.hours.empty() && recurrence.minutes.empty()) return text;
  const std::vector<int> full = {0};
  const auto& minutes = recurrence.minutes.empty() ? full : recurrence.minutes;
  if (recurrence.hours.empty()) {
    std::vector<std::string> numbers;
    for (const int minute : minutes) numbers.push_back(std::to_string(minute));
    return fmt::format("{} at minute {} of its hour", text, all_of_them(numbers));
  }
  const auto times = times_text(recurrence.hours, minutes);
  if (!times.empty()) return text + " at " + times;
  return fmt::format("{} at {} from {:02}:{:02} to {:02}:{:02}", text,
                     counted(recurrence.hours.size() * minutes.size(), "time"),
                     recurrence.hours.front(), minutes.front(), recurrence.hours.back(),
                     minutes.back());
}

std::string interval_text(const Every& every) {
  struct Unit {
    std::int64_t seconds = 1;
    std::string_view name;
  };
  const auto seconds = every.interval / chrono::seconds(1);
  for (const auto unit : {Unit{86'400, "day"}, Unit{3'600, "hour"}, Unit{60, "minute"}})
    if (seconds % unit.seconds == 0) return every_text(seconds / unit.seconds, unit.name);
  return every_text(seconds, "second");
}

}  // namespace

std::string describe(const Trigger& trigger) {
  std::string text;
  bool by_clock = true;
  if (const auto* cron = std::get_if<CronExpression>(&trigger.rule)) text = cron_text(*cron);
  if (const auto* recurrence = std::get_if<Recurrence>(&trigger.rule)) {
    text = recurrence_text(*recurrence);
    by_clock = counts_in_calendar(recurrence->frequency);
  }
  if (const auto* every = std::get_if<Every>(&trigger.rule)) {
    text = interval_text(*every);
    by_clock = false;
  }
  // Bounds are said by the same clocks; by UTC's if this machine does not know them.
  const auto known = TimeZone::find(trigger.time_zone);
  const auto zone = known.value_or(TimeZone());
  if (by_clock || trigger.start || trigger.end)
    text += ", " + (known ? zone.name() : printable(trigger.time_zone));
  if (trigger.start) text += ", from " + wall_text(zone.wall_time(*trigger.start));
  if (trigger.end) text += ", until " + wall_text(zone.wall_time(*trigger.end));
  return text;
}

}  // namespace mlpipe
