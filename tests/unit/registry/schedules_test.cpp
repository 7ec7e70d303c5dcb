#include "registry/schedules.h"

#include <string>
#include <vector>

#include "base/error.h"
#include "base/time_zone.h"
#include "engine/tick_schedules.h"
#include "support/catch.h"
#include "unit/history/history_testing.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;
using std::chrono::hours;
using std::chrono::minutes;

TimePoint at(const std::string& text) { return *parse_moment_in(text, TimeZone()); }

ScheduleRecord schedule_from(const std::string& cron, const std::string& created,
                             CatchUp catch_up = CatchUp::last) {
  return {.name = "nightly",
          .trigger = {.rule = parse_cron_expression(cron)},
          .request = {.endpoint = "churn"},
          .catch_up = catch_up,
          .created = at(created),
          .settled = at(created) - std::chrono::microseconds(1)};
}

TEST_CASE("a schedule is kept as it was made, under one name") {
  Records records;
  Schedules schedules(records.history);
  auto made = schedule_from("0 3 * * *", "2026-11-26 12:00", CatchUp::all);
  made.overlap = Overlap::cancel;
  made.description = "what it is";
  made.notifications = {notification_of(Notification::When::failure, "mail me")};
  const auto created = schedules.create(made);
  const auto found = schedules.get("nightly");
  CHECK(found.key == created.key);
  CHECK(found.trigger == made.trigger);
  CHECK(found.request == made.request);
  CHECK(found.overlap == Overlap::cancel);
  CHECK(found.catch_up == CatchUp::all);
  CHECK(found.created == made.created);
  CHECK(found.settled == made.settled);
  CHECK(found.notifications == made.notifications);
  CHECK_THROWS_WITH(schedules.create(made), Contains("there is a schedule 'nightly' already"));
  CHECK_THROWS_WITH(schedules.get("nigthly"), Contains("did you mean 'nightly'"));
  schedules.remove("nightly", now());
  CHECK(schedules.all().empty());
  CHECK(schedules.create(made).key != created.key);
  for (const auto* name : {"", "a/b", "../a", "a b"})
    CHECK_THROWS_WITH(Schedules::check_name(name), Contains("cannot be the name"));
}

TEST_CASE("what became of a moment is decided once") {
  Records records;
  Schedules schedules(records.history);
  const auto seen = schedules.create(schedule_from("0 3 * * *", "2026-11-26 12:00"));
  const auto due = at("2026-11-27 03:00");
  const std::vector<Fire> fires = {{.due = due, .decided = due, .message = "m"}};
  CHECK(schedules.settle(seen, due, fires));
  CHECK_FALSE(schedules.settle(seen, due, fires));  // another tick saw the same
  CHECK(schedules.get("nightly").settled == due);
  const auto noted = schedules.fires_of(seen.key, 10);
  REQUIRE(noted.size() == 1);
  CHECK(noted[0].due == due);
  CHECK(noted[0].message == "m");
  const auto now_seen = schedules.get("nightly");
  CHECK(schedules.set_enabled("nightly", false, due));
  CHECK_FALSE(schedules.set_enabled("nightly", false, due));
  CHECK_FALSE(schedules.settle(now_seen, due + hours(24), {}));  // it was disabled meanwhile
}

TEST_CASE("an update replaces what was seen, and nothing else") {
  Records records;
  Schedules schedules(records.history);
  const auto made = schedules.create(schedule_from("0 3 * * *", "2026-11-26 12:00"));
  auto changed = made;
  changed.trigger.rule = parse_cron_expression("0 4 * * *");
  changed.request.parameters = {{"n", "1"}};
  changed.overlap = Overlap::queue;
  changed.catch_up = CatchUp::all;
  changed.description = "other";
  changed.notifications = {notification_of(Notification::When::failure, "mail me")};
  changed.settled = at("2026-11-28 12:00");
  CHECK(schedules.update(made, changed));
  const auto found = schedules.get("nightly");
  CHECK(found.key == made.key);
  CHECK(found.created == made.created);
  CHECK(found.settled == changed.settled);
  CHECK(has_equal_orders(found, changed));
  auto late = made;
  late.description = "from what was there before";
  CHECK_FALSE(schedules.update(made, late));
  CHECK(schedules.get("nightly").description == "other");
  schedules.remove("nightly", now());
  CHECK_FALSE(schedules.update(found, changed));
}

TEST_CASE("a tick that saw a schedule before it was changed decides nothing") {
  Records records;
  Schedules schedules(records.history);
  const auto seen = schedules.create(schedule_from("0 3 * * *", "2026-11-26 12:00"));
  auto changed = seen;
  changed.request.parameters = {{"n", "1"}};  // settled is as it was
  CHECK(schedules.update(seen, changed));
  CHECK_FALSE(schedules.settle(seen, at("2026-11-27 03:00"), {}));
  CHECK(schedules.settle(schedules.get("nightly"), at("2026-11-27 03:00"), {}));
  // Settled by a tick after `seen` was read: an update does not take that back.
  auto again = changed;
  again.request.parameters = {{"n", "2"}};
  CHECK(schedules.update(changed, again));
  CHECK(schedules.get("nightly").settled == at("2026-11-27 03:00"));
}

TEST_CASE("what is due while a schedule is disabled is not made up for") {
  Records records;
  Schedules schedules(records.history);
  (void)schedules.create(schedule_from("0 3 * * *", "2026-11-26 12:00", CatchUp::all));
  CHECK(schedules.set_enabled("nightly", false, at("2026-11-26 13:00")));
  CHECK(schedules.set_enabled("nightly", true, at("2026-12-01 13:00")));
  CHECK(due_moments(schedules.get("nightly"), at("2026-12-01 14:00"), 100).to_run.empty());
  CHECK(due_moments(schedules.get("nightly"), at("2026-12-02 03:00"), 100).to_run.size() == 1);
}

TEST_CASE("of the moments at which nobody looked the policy says which are made up for") {
  const auto last = schedule_from("0 3 * * *", "2026-11-20 12:00");
  const auto after_sleep = at("2026-11-26 09:00");
  CHECK(due_moments(last, after_sleep, 100).to_run == std::vector{at("2026-11-26 03:00")});
  CHECK(due_moments(last, after_sleep, 100).missed.size() == 5);
  const auto none = schedule_from("0 3 * * *", "2026-11-20 12:00", CatchUp::none);
  CHECK(due_moments(none, after_sleep, 100).to_run.empty());
  CHECK(due_moments(none, after_sleep, 100).missed.size() == 6);
  // Ticks come once a minute, and may be late.
  CHECK(due_moments(none, at("2026-11-26 03:04"), 100).to_run ==
        std::vector{at("2026-11-26 03:00")});
  const auto all = schedule_from("0 3 * * *", "2026-11-20 12:00", CatchUp::all);
  CHECK(due_moments(all, after_sleep, 100).to_run.size() == 6);
  CHECK(due_moments(all, after_sleep, 100).missed.empty());
  CHECK(due_moments(all, after_sleep, 4).to_run.back() == at("2026-11-24 03:00"));
}

TEST_CASE("nothing is due before it is made, nor while the clock is set back") {
  auto schedule = schedule_from("0 3 * * *", "2026-11-26 12:00");
  CHECK(due_moments(schedule, at("2026-11-26 12:00"), 100).to_run.empty());
  schedule.settled = at("2026-11-27 03:00");
  CHECK(due_moments(schedule, at("2026-11-25 00:00"), 100).to_run.empty());
  CHECK(due_moments(schedule, at("2026-11-27 03:00"), 100).to_run.empty());
}

TEST_CASE("the time at which a schedule was due has a value in what is submitted") {
  const Submission request{
      .endpoint = "e",
      .parameters = {{"day", "${{creation_context.trigger_time}}"},
                     {"both",
                      "${{ creation_context.trigger_time }}/${{creation_context.trigger_time}}"},
                     {"other", "${{creation_context.other}} ${{"}},
      .inputs = {{"t", "/data/${{creation_context.trigger_time}}"}},
      .tags = {{"due", "${{creation_context.trigger_time}}"}}};
  const auto filled = request_at(request, at("2026-11-26 03:00"));
  CHECK(filled.parameters[0].second == "2026-11-26T03:00:00Z");
  CHECK(filled.parameters[1].second == "2026-11-26T03:00:00Z/2026-11-26T03:00:00Z");
  CHECK(filled.parameters[2].second == "${{creation_context.other}} ${{");
  CHECK(filled.inputs[0].second == "/data/2026-11-26T03:00:00Z");
  CHECK(filled.tags.at("due") == "2026-11-26T03:00:00Z");
}

}  // namespace
}  // namespace mlpipe
