#include "core/recurrence.h"

#include "support/catch.h"
#include "support/moments.h"

namespace mlpipe {

namespace {

using Frequency = Recurrence::Frequency;

std::string due(const Recurrence& recurrence, std::string_view anchor, int count = 3,
                std::string_view from = "0001-01-01") {
  std::string all;
  auto at = wall(from);
  for (int index = 0; index < count; ++index) {
    const auto next = next_due(recurrence, wall(anchor), at);
    if (!next) return all + "never";
    all += (all.empty() ? "" : ", ") + wall_text(*next);
    at = *next + std::chrono::seconds(1);
  }
  return all;
}

std::string problem(const Recurrence& recurrence) {
  const auto found = recurrence_problem(recurrence);
  return found ? found->field + ": " + found->message : "none";
}

}  // namespace

TEST_CASE("each hour goes with each minute") {
  const Recurrence recurrence{
      .frequency = Frequency::day, .hours = {4, 5, 10, 11, 12}, .minutes = {0, 30}};
  CHECK(due(recurrence, "2026-11-21", 11) ==
        "2026-11-21 04:00, 2026-11-21 04:30, 2026-11-21 05:00, 2026-11-21 05:30, "
        "2026-11-21 10:00, 2026-11-21 10:30, 2026-11-21 11:00, 2026-11-21 11:30, "
        "2026-11-21 12:00, 2026-11-21 12:30, 2026-11-22 04:00");
}

TEST_CASE("hours without minutes are full hours; minutes without hours are of the anchor's hour") {
  CHECK(due({.frequency = Frequency::day, .hours = {3}}, "2026-11-21 10:17", 1) ==
        "2026-11-22 03:00");
  CHECK(due({.frequency = Frequency::day, .minutes = {5, 40}}, "2026-11-21 10:17", 2) ==
        "2026-11-21 10:40, 2026-11-22 10:05");
}

TEST_CASE("the interval counts days from the anchor's") {
  CHECK(due({.frequency = Frequency::day, .interval = 3, .hours = {3}}, "2026-11-21 10:00") ==
        "2026-11-24 03:00, 2026-11-27 03:00, 2026-11-30 03:00");
  CHECK(due({.frequency = Frequency::day, .interval = 3}, "2026-11-21 10:17:05", 2) ==
        "2026-11-21 10:17:05, 2026-11-24 10:17:05");
  CHECK(due({.frequency = Frequency::day, .interval = 3}, "2026-11-21 10:17", 1, "2026-12-01") ==
        "2026-12-03 10:17");
}

TEST_CASE("weeks are counted from the anchor's, which begins on Monday") {
  // 2026-11-21 is a Saturday.
  const Recurrence two_days{
      .frequency = Frequency::week, .interval = 2, .hours = {8}, .week_days = {0, 1}};
  CHECK(due(two_days, "2026-11-21", 4) ==
        "2026-11-22 08:00, 2026-11-30 08:00, 2026-12-06 08:00, 2026-12-14 08:00");
  CHECK(due({.frequency = Frequency::week}, "2026-11-21 10:17", 2) ==
        "2026-11-21 10:17, 2026-11-28 10:17");
  CHECK(due({.frequency = Frequency::week, .hours = {3}}, "2026-11-21 10:17", 1) ==
        "2026-11-28 03:00");
}

TEST_CASE("months without the day are passed over") {
  CHECK(due({.frequency = Frequency::month, .hours = {3}, .month_days = {31}}, "2026-01-01", 4) ==
        "2026-01-31 03:00, 2026-03-31 03:00, 2026-05-31 03:00, 2026-07-31 03:00");
  CHECK(due({.frequency = Frequency::month, .month_days = {29}}, "2027-01-30 00:00", 3) ==
        "2027-03-29 00:00, 2027-04-29 00:00, 2027-05-29 00:00");
  CHECK(due({.frequency = Frequency::month, .interval = 12, .month_days = {29}}, "2026-02-01", 2) ==
        "2028-02-29 00:00, 2032-02-29 00:00");
  CHECK(due({.frequency = Frequency::month, .interval = 12, .month_days = {30}}, "2026-02-01", 1) ==
        "never");
  CHECK(due({.frequency = Frequency::month}, "2026-01-31 10:17", 3) ==
        "2026-01-31 10:17, 2026-03-31 10:17, 2026-05-31 10:17");
  CHECK(due({.frequency = Frequency::month, .interval = 5, .month_days = {1, 15}}, "2026-11-10",
            3) == "2026-11-15 00:00, 2027-04-01 00:00, 2027-04-15 00:00");
}

TEST_CASE("nothing is due after the year 9999") {
  CHECK(due({.frequency = Frequency::day, .hours = {3}}, "9999-12-31 04:00", 1) == "never");
  CHECK(due({.frequency = Frequency::week, .hours = {3}}, "9999-12-31 04:00", 1) == "never");
  CHECK(due({.frequency = Frequency::month, .hours = {3}}, "9999-12-31 04:00", 1) == "never");
}

TEST_CASE("a field that does not go with the frequency is named, with those it goes with") {
  CHECK(problem({.frequency = Frequency::minute, .hours = {3}}) ==
        "hours: 'hours' goes with a frequency of day, week or month, not with minute");
  CHECK(problem({.frequency = Frequency::hour, .minutes = {3}}) ==
        "minutes: 'minutes' goes with a frequency of day, week or month, not with hour");
  CHECK(problem({.frequency = Frequency::day, .week_days = {3}}) ==
        "week_days: 'week_days' goes with a frequency of week, not with day");
  CHECK(problem({.frequency = Frequency::week, .month_days = {3}}) ==
        "month_days: 'month_days' goes with a frequency of month, not with week");
}

TEST_CASE("a value out of bounds is named with the bounds") {
  CHECK(problem({.interval = 0}) == "interval: 'interval' must be from 1 to 100000, not 0");
  CHECK(problem({.hours = {3, 24}}) == "hours: 24 in 'hours' is not within 0-23");
  CHECK(problem({.minutes = {-1}}) == "minutes: -1 in 'minutes' is not within 0-59");
  CHECK(problem({.frequency = Frequency::week, .week_days = {7}}) ==
        "week_days: 7 in 'week_days' is not within 0-6");
  CHECK(problem({.frequency = Frequency::month, .month_days = {0}}) ==
        "month_days: 0 in 'month_days' is not within 1-31");
  CHECK(problem({.frequency = Frequency::month, .hours = {3}, .month_days = {31}}) == "none");
}

TEST_CASE("a frequency may be written in any case, and in the plural") {
  CHECK(parse_frequency("Day") == Frequency::day);
  CHECK(parse_frequency("months") == Frequency::month);
  CHECK_FALSE(parse_frequency("year"));
  CHECK_FALSE(parse_frequency(""));
}

}  // namespace mlpipe
