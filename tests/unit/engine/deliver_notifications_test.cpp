#include "engine/deliver_notifications.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "engine/notification_event.h"
#include "support/catch.h"
#include "support/http_server.h"
#include "unit/history/history_testing.h"

namespace mlpipe {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::Contains;

/// A deliverer whose time goes by as it waits.
struct Delivering {
  Records records;
  TimePoint time = from_micros(1'000'000'000);
  std::vector<Duration> attempts;     ///< When each was made, since the first.
  std::vector<std::string> failures;  ///< Of the next attempts; "" is a success.
  std::vector<ProcessSpec> commands = {};
  std::vector<HttpPost> posts = {};
  Variables environment = {{"HOOK", "https://host/SECRET\n"}, {"PATH", "/usr/bin"}};
  bool state_is_there = true;
  bool is_cut_off = false;  ///< The process is killed in each attempt.

  RunRecord ended(Notification::Kind kind, const std::string& target,
                  Status status = Status::failed) {
    RunRecord run{.pipeline = "p",
                  .notifications = {{.when = outcome_of(status), .kind = kind, .target = target}}};
    records.history.begin_run(run);
    records.history.finish_run(run.key, status, "", time);
    return run;
  }

  std::string next_failure() {
    attempts.push_back(attempts.empty() ? Duration{} : time - first_);
    if (attempts.size() == 1) first_ = time;
    if (is_cut_off) throw std::runtime_error("killed");
    if (failures.empty()) return {};
    auto failure = failures.front();
    failures.erase(failures.begin());
    return failure;
  }

  void deliver() {
    deliver_notifications({.history = records.history,
                           .workspace = "/w",
                           .environment = environment,
                           .clock = [this] { return time; },
                           .sleep = [this](Duration slept) { time += slept; },
                           .run_command =
                               [this](const ProcessSpec& spec) {
                                 commands.push_back(spec);
                                 const auto failure = next_failure();
                                 return ProcessResult{.exit_code = failure.empty() ? 0 : 7,
                                                      .out = {},
                                                      .err = failure,
                                                      .timed_out = failure == "late"};
                               },
                           .post =
                               [this](const HttpPost& post) {
                                 posts.push_back(post);
                                 const auto failure = next_failure();
                                 if (!failure.empty()) throw Error(ErrorKind::system, failure);
                               },
                           .goes_on = [this] { return state_is_there; }});
  }

  NotificationRecord of(const RunRecord& run) {
    return records.history.notifications_of(run.key).front();
  }

 private:
  TimePoint first_{};
};

}  // namespace

TEST_CASE("what is due is sent at once and marked, and nothing twice") {
  Delivering test;
  const auto run = test.ended(Notification::Kind::webhook, "${HOOK}");
  test.deliver();
  test.deliver();
  REQUIRE(test.posts.size() == 1);
  CHECK(test.posts[0].url == "https://host/SECRET");
  CHECK(test.of(run).state == NotificationState::sent);
  CHECK(test.of(run).attempts == 1);
  CHECK(test.of(run).sent == test.time);
  CHECK(test.of(run).last_error.empty());
  CHECK(test.of(run).notification.target == "${HOOK}");
}

TEST_CASE("a failed attempt is made again after 5 s, 30 s, 2 min and 10 min, then given up") {
  Delivering test;
  const auto run = test.ended(Notification::Kind::webhook, "https://host/");
  test.failures = {"one", "two", "three", "four", "five", "six"};
  test.deliver();
  CHECK(test.attempts == std::vector<Duration>{0s, 5s, 35s, 155s, 755s});
  CHECK(test.of(run).state == NotificationState::given_up);
  CHECK(test.of(run).attempts == 5);
  CHECK(test.of(run).last_error == "five");
}

TEST_CASE("a server that fails twice gets the same event a third time") {
  Delivering test;
  const test::HttpServer server;
  const auto run = test.ended(Notification::Kind::webhook, server.url("/hook-twice/a"));
  deliver_notifications({.history = test.records.history,
                         .workspace = "/w",
                         .environment = {},
                         .clock = [&test] { return test.time; },
                         .sleep = [&test](Duration slept) { test.time += slept; },
                         .run_command = run_process,
                         .post = http_post,
                         .goes_on = [] { return true; }});
  CHECK(server.requests() == 3);
  CHECK(test.of(run).state == NotificationState::sent);
  CHECK(test.of(run).attempts == 3);
  const auto posted = server.posted();
  const auto one = posted.substr(0, posted.find('\n') + 1);
  CHECK(posted == one + one + one);
  CHECK(nlohmann::json::parse(one)["id"] == run.id + ".1");
}

TEST_CASE("a command gets the event and who ended how; why it failed is kept") {
  Delivering test;
  const auto run = test.ended(Notification::Kind::command, "tell ${HOOK}", Status::canceled);
  test.failures = {"first\nwhy it \x1b failed\n\n", "late"};
  test.deliver();
  REQUIRE(test.commands.size() == 3);
  const auto& command = test.commands.front();
  CHECK(command.argv == std::vector<std::string>{"/bin/bash", "-c", "tell ${HOOK}"});
  CHECK(command.work_directory == "/w");
  CHECK(nlohmann::json::parse(command.stdin_text)["status"] == "Canceled");
  CHECK_THAT(*command.environment, Catch::Matchers::VectorContains("MLPIPE_RUN_ID=" + run.id));
  CHECK_THAT(*command.environment,
             Catch::Matchers::VectorContains(std::string("MLPIPE_STATUS=Canceled")));
  CHECK_THAT(*command.environment, Catch::Matchers::VectorContains(std::string("PATH=/usr/bin")));
  CHECK(test.of(run).state == NotificationState::sent);

  Delivering failing;
  const auto told = failing.ended(Notification::Kind::command, "tell");
  failing.failures = {"first\nwhy it \x1b failed\n\n"};
  failing.state_is_there = false;  // ends at the first wait
  failing.deliver();
  CHECK(failing.of(told).last_error == "exit code 7: why it \\x1b failed");
  CHECK(failing.of(told).state == NotificationState::due);
  CHECK(failing.of(told).next_attempt == failing.time + 5s);
  failing.time += 5s;
  failing.failures = {"late"};
  failing.deliver();
  CHECK_THAT(failing.of(told).last_error, Contains("did not end within 60 s"));
}

TEST_CASE("a variable that is not set, or holds no address, is an attempt that failed") {
  Delivering test;
  test.state_is_there = false;
  test.environment["WRONG"] = "SECRET";
  const auto unset = test.ended(Notification::Kind::webhook, "${NOT_SET}/a");
  const auto wrong = test.ended(Notification::Kind::webhook, "${WRONG}");
  test.deliver();
  CHECK(test.posts.empty());
  CHECK_THAT(test.of(unset).last_error, Contains("NOT_SET is not set"));
  CHECK_THAT(test.of(wrong).last_error, Contains("no http(s) address") && !Contains("SECRET"));
}

TEST_CASE("an attempt that ends the deliverer counts: it is not made for ever") {
  Delivering test;
  const auto run = test.ended(Notification::Kind::command, "kill the deliverer");
  test.is_cut_off = true;
  for (int i = 0; i < 5; ++i) {
    CHECK_THROWS_AS(test.deliver(), std::runtime_error);
    CHECK(test.of(run).state == NotificationState::due);
    CHECK(test.of(run).attempts == i + 1);
  }
  test.deliver();
  CHECK(test.of(run).state == NotificationState::given_up);
  CHECK(test.of(run).last_error == "the last attempt was cut off");
}

TEST_CASE("a run that ends while another's notification waits is told at once") {
  Delivering test;
  const auto first = test.ended(Notification::Kind::webhook, "https://host/a");
  test.failures = {"no", "no"};
  std::optional<RunRecord> second;
  const auto begun = test.time;
  deliver_notifications({.history = test.records.history,
                         .workspace = "/w",
                         .environment = {},
                         .clock = [&test] { return test.time; },
                         .sleep =
                             [&](Duration slept) {
                               test.time += slept;
                               if (!second && test.time >= begun + 10s)
                                 second = test.ended(Notification::Kind::webhook, "https://host/b");
                             },
                         .run_command = run_process,
                         .post =
                             [&test](const HttpPost&) {
                               const auto failure = test.next_failure();
                               if (!failure.empty()) throw Error(ErrorKind::system, failure);
                             },
                         .goes_on = [] { return true; }});
  REQUIRE(second);
  CHECK(test.of(*second).sent - begun < 12s);
  CHECK(test.of(first).sent == begun + 35s);
}

TEST_CASE("a clock that was set back does not keep a notification for long") {
  Delivering test;
  const auto run = test.ended(Notification::Kind::webhook, "https://host/a");
  test.time -= std::chrono::hours(24);
  test.deliver();
  CHECK(test.of(run).state == NotificationState::sent);
  CHECK(test.time == from_micros(1'000'000'000) - std::chrono::hours(24));
}

TEST_CASE("an event says what happened to the run, and where it comes from") {
  const RunRecord run{.id = "abcdefghjk",
                      .pipeline = "census",
                      .experiment = "e",
                      .spec_file = "/w/p.yaml",
                      .status = Status::failed,
                      .started = from_micros(1'000'000),
                      .finished = from_micros(3'500'000),
                      .parameters = {{"rate", "0.1"}},
                      .tags = {{"team", "red"}},
                      .properties = {{"azureml.git.commit", "1"},
                                     {"mlpipe.endpoint", "train"},
                                     {"mlpipe.schedule.name", "nightly"}}};
  const std::vector<StepRunRecord> steps = {
      {.step = "a", .status = Status::completed, .reused = true},
      {.step = "b", .status = Status::completed},
      {.step = "c", .status = Status::failed, .message = "exit code 1\nTraceback\xff"},
      {.step = "d", .status = Status::skipped}};
  const auto event = nlohmann::json::parse(
      notification_event({.position = 2, .notification = {}}, run, steps, "/w"));
  CHECK(event["id"] == "abcdefghjk.2");
  CHECK(event["status"] == "Failed");
  CHECK(event["message"] == "the step 'c' failed: exit code 1");
  CHECK(event["text"] == "Failed of census: run abcdefghjk, the step 'c' failed: exit code 1");
  CHECK(event["duration_seconds"] == 2.5);
  CHECK(event["failed_steps"].size() == 1);
  CHECK(event["failed_steps"][0]["message"] == "exit code 1\nTraceback\ufffd");
  CHECK(event["steps"] == nlohmann::json{{"ran", 1}, {"reused", 1}, {"failed", 1}});
  CHECK(event["properties"] ==
        nlohmann::json{{"mlpipe.endpoint", "train"}, {"mlpipe.schedule.name", "nightly"}});
  CHECK(event["workspace"] == "/w");
}

}  // namespace mlpipe
