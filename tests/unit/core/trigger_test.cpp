#include "core/trigger.h"

#include <chrono>

#include "base/error.h"
#include "support/catch.h"
#include "support/moments.h"

namespace mlpipe {

namespace {

using Frequency = Recurrence::Frequency;

Trigger cron(std::string_view expression, std::string zone = "UTC") {
  return {.rule = parse_cron_expression(expression), .time_zone = std::move(zone)};
}

/// The first moments at which a schedule fires, its creation included if it does then.
std::string fires(const Trigger& trigger, std::string_view created, int count = 3) {
  std::string all;
  auto after = utc(created) - Duration(1);
  for (int index = 0; index < count; ++index) {
    const auto next = next_fire(trigger, utc(created), after);
    if (!next) return all + (all.empty() ? "never" : ", never");
    all += (all.empty() ? "" : ", ") + iso_utc(*next);
    after = *next;
  }
  return all;
}

}  // namespace

TEST_CASE("a cron trigger fires whenever it is due after its creation") {
  CHECK(fires(cron("0 3 * * *"), "2026-11-21T10:00:30") ==
        "2026-11-22T03:00:00Z, 2026-11-23T03:00:00Z, 2026-11-24T03:00:00Z");
  CHECK(next_fire(cron("0 3 * * *"), utc("2026-11-21"), utc("2026-11-22 03:00")) ==
        utc("2026-11-23 03:00"));
}

TEST_CASE("a cron trigger is due by the clocks of its zone") {
  CHECK(fires(cron("0 3 * * *", "Europe/Berlin"), "2026-07-01", 1) == "2026-07-01T01:00:00Z");
  CHECK(fires(cron("0 3 * * *", "Pacific Standard Time"), "2026-07-01", 1) ==
        "2026-07-01T10:00:00Z");
  CHECK(fires(cron("0 0 1 * *", "Asia/Kolkata"), "2026-07-02", 1) == "2026-07-31T18:30:00Z");
  CHECK(fires(cron("15 * * * *", "Asia/Kathmandu"), "2026-07-02", 1) == "2026-07-02T00:30:00Z");
}

TEST_CASE("a cron trigger never fires before its start, but at it, and until its end") {
  auto trigger = cron("0 3 * * *");
  trigger.start = utc("2026-12-01T03:00:00");
  trigger.end = utc("2026-12-02T03:00:00");
  CHECK(fires(trigger, "2026-11-21") == "2026-12-01T03:00:00Z, 2026-12-02T03:00:00Z, never");
  trigger.start = utc("2026-12-01T03:00:01");
  CHECK(fires(trigger, "2026-11-21") == "2026-12-02T03:00:00Z, never");
  trigger.end = utc("2026-12-02T02:59:59");
  CHECK(fires(trigger, "2026-11-21") == "never");
}

TEST_CASE("a recurrence without a pattern or a start fires at once, then by the rule") {
  CHECK(fires({.rule = Recurrence{.frequency = Frequency::minute, .interval = 15}},
              "2026-11-21T10:07:30") ==
        "2026-11-21T10:07:30Z, 2026-11-21T10:22:30Z, 2026-11-21T10:37:30Z");
  CHECK(fires({.rule = Recurrence{.frequency = Frequency::hour, .interval = 36}}, "2026-11-21") ==
        "2026-11-21T00:00:00Z, 2026-11-22T12:00:00Z, 2026-11-24T00:00:00Z");
  CHECK(fires({.rule = Recurrence{.frequency = Frequency::day}, .time_zone = "Europe/Berlin"},
              "2026-11-21T10:07:30") ==
        "2026-11-21T10:07:30Z, 2026-11-22T10:07:30Z, 2026-11-23T10:07:30Z");
  CHECK(fires({.rule = Recurrence{.frequency = Frequency::month}}, "2026-01-31T10:00") ==
        "2026-01-31T10:00:00Z, 2026-03-31T10:00:00Z, 2026-05-31T10:00:00Z");
}

TEST_CASE("a recurrence without a pattern fires at a start to come") {
  CHECK(fires({.rule = Recurrence{.frequency = Frequency::day}, .start = utc("2026-12-01T08:00")},
              "2026-11-21", 2) == "2026-12-01T08:00:00Z, 2026-12-02T08:00:00Z");
}

TEST_CASE("a start in the past gives the next computed time") {
  CHECK(fires({.rule = Recurrence{.frequency = Frequency::day, .interval = 2},
               .start = utc("2026-11-01T08:00")},
              "2026-11-22T00:00", 2) == "2026-11-23T08:00:00Z, 2026-11-25T08:00:00Z");
  CHECK(fires({.rule = Recurrence{.frequency = Frequency::minute, .interval = 7},
               .start = utc("2020-01-01T00:00")},
              "2020-01-01T00:08", 2) == "2020-01-01T00:14:00Z, 2020-01-01T00:21:00Z");
  CHECK(fires({.rule = Every{std::chrono::minutes(7)}, .start = utc("2020-01-01T00:00")},
              "2020-01-01T00:08", 2) == "2020-01-01T00:14:00Z, 2020-01-01T00:21:00Z");
}

TEST_CASE("a start that satisfies the pattern itself is passed over for the next") {
  const Recurrence at_three{.frequency = Frequency::day, .hours = {3}, .minutes = {0}};
  CHECK(fires({.rule = at_three, .start = utc("2026-12-01T03:00")}, "2026-11-21", 2) ==
        "2026-12-02T03:00:00Z, 2026-12-03T03:00:00Z");
  CHECK(fires({.rule = at_three, .start = utc("2026-12-01T02:59:59")}, "2026-11-21", 1) ==
        "2026-12-01T03:00:00Z");
  CHECK(fires({.rule = at_three}, "2026-12-01T03:00", 1) == "2026-12-02T03:00:00Z");
}

TEST_CASE("a recurrence with a pattern does not fire on its creation") {
  CHECK(fires({.rule = Recurrence{.frequency = Frequency::week, .week_days = {1}}},
              "2026-11-21T10:07:30", 2) == "2026-11-23T10:07:30Z, 2026-11-30T10:07:30Z");
}

TEST_CASE("every so long counts from the start, and from the creation without that moment") {
  CHECK(fires({.rule = Every{std::chrono::minutes(15)}}, "2026-11-21T10:07:30", 2) ==
        "2026-11-21T10:22:30Z, 2026-11-21T10:37:30Z");
  CHECK(fires({.rule = Every{std::chrono::minutes(15)}, .start = utc("2026-11-22T00:00")},
              "2026-11-21T10:07:30", 2) == "2026-11-22T00:00:00Z, 2026-11-22T00:15:00Z");
}

TEST_CASE("a schedule fires at no moment that is not after the one asked for") {
  const Trigger trigger{.rule = Recurrence{.frequency = Frequency::minute, .interval = 1}};
  const auto created = utc("2026-11-21T10:00:00") + Duration(250);
  const auto first = next_fire(trigger, created, created - Duration(1));
  CHECK(first == created);
  CHECK(next_fire(trigger, created, *first) == created + std::chrono::minutes(1));
  CHECK(next_fire(trigger, created, *first - Duration(1)) == first);
}

TEST_CASE("moments at the ends of time fire nothing and end") {
  const auto first = from_micros(std::numeric_limits<std::int64_t>::min());
  const auto last = from_micros(std::numeric_limits<std::int64_t>::max());
  for (const auto& trigger :
       {cron("0 3 * * *"), cron("* * 29 2 *", "Europe/Berlin"),
        Trigger{.rule = Recurrence{.frequency = Frequency::month, .month_days = {31}}},
        Trigger{.rule = Recurrence{.frequency = Frequency::minute}}, Trigger{.rule = Every{}}}) {
    CHECK_FALSE(next_fire(trigger, utc("2026-01-01"), last));
    CHECK_FALSE(next_fire(trigger, last, last));
    CHECK(next_fire(trigger, utc("2026-01-01"), first).has_value());
    CHECK_FALSE(next_fire(trigger, utc("2026-01-01"), utc("9999-12-31T23:59:59")));
    CHECK(next_fire(trigger, utc("2026-01-01"), utc("2390-01-01")).has_value());
    CHECK_FALSE(next_fire(trigger, utc("2026-01-01"), utc("2399-12-31T23:59:59")));
  }
}

TEST_CASE("a zone that this machine does not know is said so") {
  try {
    static_cast<void>(
        next_fire(cron("0 3 * * *", "Europe/Berln"), utc("2026-01-01"), utc("2026-01-01")));
    FAIL("it was known");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::system);
    CHECK(std::string_view(error.what()).find("'Europe/Berlin'") != std::string_view::npos);
  }
}

TEST_CASE("what is wrong with a trigger is said") {
  CHECK(trigger_problem(cron("0 3 * * *", "Europe/Berlin")).empty());
  CHECK(trigger_problem(cron("0 3 * * *", "Mars")).starts_with("unknown time zone 'Mars'"));
  CHECK(trigger_problem({.rule = Every{std::chrono::seconds(59)}}) ==
        "an interval must be of at least one minute");
  CHECK(trigger_problem({.rule = Every{std::chrono::hours(24 * 40'000)}}) ==
        "an interval must be of at most a century");
  CHECK(trigger_problem({.rule = Recurrence{.hours = {24}}}) == "24 in 'hours' is not within 0-23");
  CHECK(trigger_problem({.start = utc("2026-01-02"), .end = utc("2026-01-01")}) ==
        "the end, 2026-01-01T00:00:00Z, is before the start, 2026-01-02T00:00:00Z");
}

TEST_CASE("a trigger is described as people say it") {
  CHECK(describe(cron("0 3 * * 1-5", "Europe/Berlin")) ==
        "at 03:00, Monday to Friday, Europe/Berlin");
  CHECK(describe(cron("0,30 3 * * *")) == "at 03:00 and 03:30, every day, UTC");
  CHECK(describe(cron("0 3 * * 6,0")) == "at 03:00, Saturday and Sunday, UTC");
  CHECK(describe(cron("0 3 1,15 * *")) == "at 03:00, days 1 and 15 of the month, UTC");
  CHECK(describe(cron("*/15 * * * *")) == "every 15 minutes, UTC");
  CHECK(describe(cron("* * * * *")) == "every minute, UTC");
  CHECK(describe(cron("@hourly")) == "every hour, UTC");
  CHECK(describe(cron("5 * * * mon")) == "every hour at minute 5, Monday, UTC");
  CHECK(describe(cron("0 3 1 6 *")) == "cron '0 3 1 6 *', UTC");
  CHECK(describe(cron("0 3 13 * 5")) == "cron '0 3 13 * 5', UTC");
  CHECK(describe({.rule = Recurrence{.frequency = Frequency::week,
                                     .interval = 2,
                                     .hours = {8},
                                     .week_days = {1, 3}},
                  .time_zone = "Pacific Standard Time"}) ==
        "every 2 weeks on Monday and Wednesday at 08:00, America/Los_Angeles");
  CHECK(describe({.rule = Recurrence{.frequency = Frequency::month, .month_days = {31}}}) ==
        "every month on day 31 of the month, UTC");
  CHECK(describe({.rule = Recurrence{.frequency = Frequency::day,
                                     .hours = {4, 5, 10, 11, 12},
                                     .minutes = {0, 30}}}) ==
        "every day at 10 times from 04:00 to 12:30, UTC");
  CHECK(describe({.rule = Every{std::chrono::minutes(15)}}) == "every 15 minutes");
  CHECK(describe({.rule = Every{std::chrono::hours(24)}}) == "every day");
  CHECK(describe({.rule = Recurrence{.frequency = Frequency::minute, .interval = 5},
                  .time_zone = "Europe/Berlin",
                  .start = utc("2026-12-01T02:00"),
                  .end = utc("2027-01-01T02:00:01")}) ==
        "every 5 minutes, Europe/Berlin, from 2026-12-01 03:00, until 2027-01-01 03:00:01");
}

TEST_CASE("a trigger is the same after it was written and read") {
  Trigger bounded = cron("0 3 * * mon-fri", "W. Europe Standard Time");
  bounded.start = utc("2026-12-01T02:00");
  bounded.end = utc("2027-12-01T02:00");
  for (const auto& trigger :
       {bounded, cron("@daily"), Trigger{.rule = Every{std::chrono::seconds(90)}},
        Trigger{.rule = Recurrence{.frequency = Frequency::week,
                        .interval = 2,
                        .hours = {3, 4},
                        .minutes = {0, 30},
                        .week_days = {0, 6}}}}) {
    const auto read = decode_trigger(encode(trigger));
    REQUIRE(read.has_value());
    CHECK(*read == trigger);
    CHECK(encode(*read) == encode(trigger));
  }
  CHECK(encode(bounded) ==
        R"({"cron":"0 3 * * mon-fri","end":"2027-12-01T02:00:00Z","start":"2026-12-01T02:00:00Z",)"
        R"("time_zone":"W. Europe Standard Time"})");
}

TEST_CASE("any other text is no trigger") {
  for (
      const char* text :
      {"", "{}", "[]", "null", R"({"time_zone":"UTC"})", R"({"cron":"0 3 * *","time_zone":"UTC"})",
       R"({"cron":"0 3 * * *"})", R"({"cron":3,"time_zone":"UTC"})",
       R"({"cron":"0 3 * * *","every_seconds":90,"time_zone":"UTC"})",
       R"({"every_seconds":59,"time_zone":"UTC"})", R"({"every_seconds":-90,"time_zone":"UTC"})",
       R"({"every_seconds":9e99,"time_zone":"UTC"})", R"({"every_seconds":90,"time_zone":"a:b"})",
       R"({"every_seconds":90,"more":1,"time_zone":"UTC"})",
       R"({"every_seconds":90, "time_zone":"UTC"})",
       R"({"every_seconds":90,"start":"2026-12-01","time_zone":"UTC"})",
       R"({"recurrence":{},"time_zone":"UTC"})",
       R"({"recurrence":{"frequency":"day","hours":[4,3],"interval":1,"minutes":[],"month_days":[],"week_days":[]},"time_zone":"UTC"})",
       R"({"recurrence":{"frequency":"day","hours":[],"interval":0,"minutes":[],"month_days":[],"week_days":[]},"time_zone":"UTC"})"}) {
    INFO(text);
    CHECK_FALSE(decode_trigger(text));
  }
}

}  // namespace mlpipe
