#include "support/catch.h"
#include "unit/history/history_testing.h"

namespace mlpipe {
namespace {

RunRecord told_run(Records& records) {
  RunRecord run{.pipeline = "p",
                .notifications = {{.when = Notification::When::success,
                                   .kind = Notification::Kind::command,
                                   .target = "good"},
                                  {.when = Notification::When::failure,
                                   .kind = Notification::Kind::webhook,
                                   .target = "https://h/a"},
                                  {.when = Notification::When::failure,
                                   .kind = Notification::Kind::command,
                                   .target = "bad"}}};
  records.history.begin_run(run);
  return run;
}

}  // namespace

TEST_CASE("the end of a run makes those of its notifications due that fit, and drops the others") {
  for (const auto status :
       {Status::completed, Status::failed, Status::canceled, Status::not_responding}) {
    Records records;
    const auto other = told_run(records);
    const auto run = told_run(records);
    CHECK(records.history.notifications_of(run.key).size() == 3);
    CHECK(records.history.due_notifications().empty());
    records.history.finish_run(run.key, status, "", from_micros(50));
    const auto told = records.history.notifications_of(run.key);
    REQUIRE(told.size() == (status == Status::completed ? 1 : 2));
    for (const auto& each : told) {
      CHECK(each.state == NotificationState::due);
      CHECK(each.next_attempt == from_micros(50));
      CHECK(each.attempts == 0);
      CHECK(each.run == run.key);
    }
    CHECK(told.front().position == (status == Status::completed ? 1 : 2));
    CHECK(told.front().notification.target ==
          (status == Status::completed ? "good" : "https://h/a"));
    CHECK(records.history.due_notifications().size() == told.size());
    CHECK(records.history.notifications_of(other.key).size() == 3);
  }
}

TEST_CASE("an end that is given up with its batch makes nothing due") {
  Records records;
  const auto run = told_run(records);
  records.history.begin_batch();
  records.history.finish_run(run.key, Status::failed, "", from_micros(50));
  records.history.abandon_batch();
  CHECK(records.history.due_notifications().empty());
  CHECK(records.history.notifications_of(run.key).size() == 3);
}

TEST_CASE("a run that is ended a second time is told once") {
  Records records;
  const auto run = told_run(records);
  records.history.finish_run(run.key, Status::completed, "", from_micros(50));
  records.history.finish_run(run.key, Status::failed, "", from_micros(60));
  CHECK(records.history.notifications_of(run.key).size() == 1);
}

TEST_CASE("what became of an attempt is kept, and the earliest is due first") {
  Records records;
  const auto run = told_run(records);
  records.history.finish_run(run.key, Status::failed, "", from_micros(50));
  auto first = records.history.due_notifications().front();
  first.attempts = 1;
  first.next_attempt = from_micros(90);
  first.last_error = "the server answers 500";
  records.history.save_delivery(first);
  auto due = records.history.due_notifications();
  REQUIRE(due.size() == 2);
  CHECK(due.front().notification.target == "bad");
  CHECK(due.back().attempts == 1);
  CHECK(due.back().last_error == "the server answers 500");
  due.front().state = NotificationState::sent;
  due.front().sent = from_micros(70);
  records.history.save_delivery(due.front());
  due.back().state = NotificationState::given_up;
  records.history.save_delivery(due.back());
  CHECK(records.history.due_notifications().empty());
  const auto all = records.history.notifications_of(run.key);
  CHECK(all.front().state == NotificationState::given_up);
  CHECK(all.back().state == NotificationState::sent);
  CHECK(all.back().sent == from_micros(70));
}

}  // namespace mlpipe
