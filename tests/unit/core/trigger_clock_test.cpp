// Where clocks are put forward and back; and next_fire() against a walk from minute to minute.
#include <fmt/format.h>

#include <chrono>
#include <random>

#include "core/trigger.h"
#include "support/catch.h"
#include "support/moments.h"

namespace mlpipe {

namespace {

using Frequency = Recurrence::Frequency;
namespace chrono = std::chrono;

/// What fires after `from` and until `to`, as times of UTC: "01:00 01:30".
std::string fired(const Trigger& trigger, std::string_view from, std::string_view to) {
  std::string all;
  auto at = utc(from);
  while (const auto next = next_fire(trigger, utc("2020-01-01"), at)) {
    if (*next > utc(to)) break;
    all += (all.empty() ? "" : " ") + iso_utc(*next).substr(11, 5);
    at = *next;
  }
  return all;
}

std::string cron_in(std::string_view expression, const char* zone, std::string_view from,
                    std::string_view to) {
  return fired({.rule = parse_cron_expression(expression), .time_zone = zone}, from, to);
}

constexpr const char* berlin = "Europe/Berlin";
constexpr const char* new_york = "America/New_York";

/// A field of a cron expression: a star, a step, a list or a range.
std::string random_field(std::mt19937& chance, int least, int most) {
  const auto pick = [&](int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(chance);
  };
  const int first = pick(least, most);
  switch (pick(0, 5)) {
    case 0:
      return std::to_string(first);
    case 1:
      return fmt::format("*/{}", pick(1, std::max(1, most / 2)));
    case 2:
      return fmt::format("{},{}", first, pick(least, most));
    case 3:
      return fmt::format("{}-{}", first, pick(first, most));
    case 4:
      return fmt::format("{}/{}", first, pick(1, std::max(1, most)));
    default:
      return "*";
  }
}

std::string random_cron(std::mt19937& chance) {
  return fmt::format("{} {} {} {} {}", random_field(chance, 0, 59), random_field(chance, 0, 23),
                     random_field(chance, 1, 28), random_field(chance, 1, 12),
                     random_field(chance, 0, 6));
}

bool shows_due(const CronExpression& cron, WallTime wall) { return next_due(cron, wall) == wall; }

bool is_due_by_its_fields(const CronExpression& cron, WallTime wall) {
  const auto day = chrono::floor<chrono::days>(wall);
  const chrono::year_month_day date(day);
  const auto minutes = chrono::floor<chrono::minutes>(wall - day).count();
  const bool of_month = cron.days.test(static_cast<unsigned>(date.day()));
  const bool of_week = cron.week_days.test(chrono::weekday(day).c_encoding());
  return cron.minutes.test(static_cast<std::size_t>(minutes % 60)) &&
         cron.hours.test(static_cast<std::size_t>(minutes / 60)) &&
         cron.months.test(static_cast<unsigned>(date.month())) &&
         (cron.either_day ? of_month || of_week : of_month && of_week);
}

/// cron's own way: from minute to minute, with what it does where clocks jump.
class MinuteByMinute {
 public:
  MinuteByMinute(const CronExpression& cron, const TimeZone& zone) : cron_(cron), zone_(zone) {}

  [[nodiscard]] bool fires_at(TimePoint minute) const {
    const auto wall = zone_.wall_time(minute);
    if (cron_.follows_clock) return is_due_by_its_fields(cron_, wall);
    if (zone_.moments_of(wall).first == minute && is_due_by_its_fields(cron_, wall)) return true;
    // The first minute of a new offset: what was skipped is due now.
    const auto before = zone_.wall_time(minute - chrono::minutes(1)) + chrono::minutes(1);
    if (wall - before > chrono::hours(3)) return false;
    for (auto skipped = before; skipped < wall; skipped += chrono::minutes(1))
      if (is_due_by_its_fields(cron_, skipped)) return true;
    return false;
  }

 private:
  const CronExpression& cron_;
  const TimeZone& zone_;
};

}  // namespace

TEST_CASE("what is due at a particular time that clocks skip fires when they are put forward") {
  // 2026-03-29, 02:00 becomes 03:00 at 01:00 UTC; 2026-03-08, 02:00 becomes 03:00 at 07:00 UTC.
  CHECK(cron_in("30 2 * * *", berlin, "2026-03-28 12:00", "2026-03-30 12:00") == "01:00 00:30");
  CHECK(cron_in("30 2 * * *", new_york, "2026-03-07 12:00", "2026-03-09 12:00") == "07:00 06:30");
  CHECK(cron_in("0,20,40 2 * * *", berlin, "2026-03-29 00:00", "2026-03-29 12:00") == "01:00");
  CHECK(cron_in("0,30 2,3 * * *", berlin, "2026-03-29 00:00", "2026-03-29 12:00") == "01:00 01:30");
  CHECK(cron_in("30 1 * * *", berlin, "2026-03-29 00:00", "2026-03-29 12:00") == "00:30");
}

TEST_CASE("what is due at a particular time that clocks repeat fires the first time only") {
  // 2026-10-25, 03:00 becomes 02:00 at 01:00 UTC; 2026-11-01, 02:00 becomes 01:00 at 06:00 UTC.
  CHECK(cron_in("30 2 * * *", berlin, "2026-10-24 12:00", "2026-10-26 12:00") == "00:30 01:30");
  CHECK(cron_in("30 1 * * *", new_york, "2026-10-31 12:00", "2026-11-02 12:00") == "05:30 06:30");
  CHECK(cron_in("0-59/20 2 * * *", berlin, "2026-10-25 00:00", "2026-10-25 12:00") ==
        "00:20 00:40");
  CHECK(cron_in("0 3 * * *", berlin, "2026-10-25 00:00", "2026-10-25 12:00") == "02:00");
}

TEST_CASE("between the two times that clocks show an hour nothing of it is due again") {
  CHECK(cron_in("30 2 * * *", berlin, "2026-10-25 00:45", "2026-10-26 12:00") == "01:30");
  CHECK(cron_in("30 2 * * *", berlin, "2026-10-25 01:15", "2026-10-26 12:00") == "01:30");
}

TEST_CASE("what has a star in its minute or hour follows the clocks") {
  CHECK(cron_in("30 * * * *", berlin, "2026-03-29 00:00", "2026-03-29 03:00") ==
        "00:30 01:30 02:30");
  CHECK(cron_in("*/30 2 * * *", berlin, "2026-03-28 12:00", "2026-03-30 12:00") == "00:00 00:30");
  CHECK(cron_in("*/30 2 * * *", berlin, "2026-10-25 00:00", "2026-10-25 12:00") ==
        "00:30 01:00 01:30");
  CHECK(cron_in("*/30 1 * * *", new_york, "2026-11-01 00:00", "2026-11-01 12:00") ==
        "05:00 05:30 06:00 06:30");
  CHECK(cron_in("*/30 2 * * *", new_york, "2026-03-08 00:00", "2026-03-08 12:00").empty());
  CHECK(cron_in("@hourly", new_york, "2026-11-01 04:00", "2026-11-01 08:00") ==
        "05:00 06:00 07:00 08:00");
}

TEST_CASE("a day that a zone left out is lost to what was due on it") {
  const Trigger trigger{.rule = parse_cron_expression("0 12 * * *"), .time_zone = "Pacific/Apia"};
  const auto next = next_fire(trigger, utc("2011-01-01"), utc("2011-12-29 23:00"));
  CHECK(next == utc("2011-12-30 22:00"));  // noon of the 31st
}

TEST_CASE("days of a recurrence keep their time of day, as particular times do") {
  const Trigger daily{
      .rule = Recurrence{.frequency = Frequency::day, .hours = {2}, .minutes = {30}},
      .time_zone = berlin};
  CHECK(fired(daily, "2026-03-28 00:00", "2026-03-30 12:00") == "01:30 01:00 00:30");
  CHECK(fired(daily, "2026-10-24 00:00", "2026-10-26 12:00") == "00:30 00:30 01:30");
}

TEST_CASE("days without a pattern keep the time of day of their start") {
  const Trigger daily{.rule = Recurrence{.frequency = Frequency::day},
                      .time_zone = berlin,
                      .start = utc("2026-03-20 08:00")};  // 09:00
  CHECK(fired(daily, "2026-03-27 12:00", "2026-03-30 12:00") == "08:00 07:00 07:00");
}

TEST_CASE("hours of a recurrence are spans of time") {
  const Trigger six_hours{.rule = Recurrence{.frequency = Frequency::hour, .interval = 6},
                          .time_zone = berlin,
                          .start = utc("2026-03-28 18:00")};
  CHECK(fired(six_hours, "2026-03-28 18:00", "2026-03-29 12:00") == "00:00 06:00 12:00");
}

TEST_CASE("a week over a change of the clocks has seven daily fires and one hour less or more") {
  const Trigger daily{.rule = parse_cron_expression("0 9 * * *"), .time_zone = berlin};
  CHECK(fired(daily, "2026-03-26", "2026-04-02") == "08:00 08:00 08:00 07:00 07:00 07:00 07:00");
  CHECK(fired(daily, "2026-10-22", "2026-10-29") == "07:00 07:00 07:00 08:00 08:00 08:00 08:00");
  const auto count = [](std::string_view expression, std::string_view from, std::string_view to) {
    return (cron_in(expression, berlin, from, to).size() + 1) / 6;
  };
  CHECK(count("0 * * * *", "2026-03-25 23:00", "2026-04-01 22:00") == 167);
  CHECK(count("0 * * * *", "2026-10-21 22:00", "2026-10-28 23:00") == 169);
}

TEST_CASE("the next fire of random expressions is what a walk from minute to minute finds") {
  std::mt19937 chance(20261121);
  const std::vector<const char*> zones = {"UTC", berlin, new_york, "Australia/Lord_Howe",
                                          "Asia/Kathmandu"};
  const std::vector<const char*> starts = {"2026-03-06 00:00", "2026-03-27 00:00",
                                           "2026-10-23 00:00", "2026-10-30 00:00",
                                           "2028-02-27 00:00", "2026-04-03 00:00"};
  int found = 0;
  for (int round = 0; round < 400; ++round) {
    const auto text = random_cron(chance);
    const auto* zone_name = zones[chance() % zones.size()];
    const auto zone = TimeZone::find(zone_name).value();
    const auto from = utc(starts[chance() % starts.size()]);
    CronExpression cron;
    try {
      cron = parse_cron_expression(text);
    } catch (const std::exception&) {
      continue;  // never due
    }
    const Trigger trigger{.rule = cron, .time_zone = zone_name};
    const MinuteByMinute walk(cron, zone);
    INFO(text << " in " << zone_name << " from " << iso_utc(from));
    auto next = next_fire(trigger, utc("2020-01-01"), from);
    for (auto minute = from + chrono::minutes(1); minute < from + chrono::hours(24 * 4);
         minute += chrono::minutes(1)) {
      const bool due = walk.fires_at(minute);
      if (due != (next == minute)) FAIL_CHECK(iso_utc(minute) << " is wrong");
      if (!due) continue;
      ++found;
      next = next_fire(trigger, utc("2020-01-01"), minute);
    }
    CHECK((!next || *next >= from + chrono::hours(24 * 4)));
  }
  CHECK(found > 5'000);
}

TEST_CASE("the first due minute of random expressions is what a walk finds within two months") {
  std::mt19937 chance(7);
  for (int round = 0; round < 60; ++round) {
    const auto text = random_cron(chance);
    const auto cron = [&]() -> std::optional<CronExpression> {
      try {
        return parse_cron_expression(text);
      } catch (const std::exception&) {
        return std::nullopt;
      }
    }();
    if (!cron) continue;
    INFO(text);
    const auto from = TimeZone().wall_time(utc("2027-12-15"));
    auto walk = from;
    while (walk < from + chrono::days(60) && !is_due_by_its_fields(*cron, walk))
      walk += chrono::minutes(1);
    const auto next = next_due(*cron, from);
    REQUIRE(next.has_value());
    if (walk < from + chrono::days(60)) {
      CHECK(*next == walk);
      CHECK(shows_due(*cron, walk));
    } else {
      CHECK(*next >= walk);
    }
  }
}

TEST_CASE("a year of a hundred schedules can be walked through") {
  std::vector<Trigger> triggers;
  for (int index = 0; index < 100; ++index) {
    Trigger trigger{.time_zone = index % 2 == 0 ? berlin : new_york};
    if (index % 3 == 0)
      trigger.rule = parse_cron_expression(fmt::format("{} {} * * 1-5", index % 60, index % 24));
    else if (index % 3 == 1)
      trigger.rule = parse_cron_expression(fmt::format("{} */4 * * *", index % 60));
    else
      trigger.rule =
          Recurrence{.frequency = Frequency::week, .hours = {3, 15}, .week_days = {1, 5}};
    triggers.push_back(trigger);
  }
  std::size_t fires = 0;
  for (const auto& trigger : triggers) {
    auto at = utc("2026-01-01");
    while (const auto next = next_fire(trigger, utc("2026-01-01"), at)) {
      if (*next >= utc("2027-01-01")) break;
      at = *next;
      ++fires;
    }
  }
  CHECK(fires > 80'000);
}

}  // namespace mlpipe
