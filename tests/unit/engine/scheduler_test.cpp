// The order of things: what starts when, failures, retries and cancelling.
#include "engine/scheduler.h"

#include <limits>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/pipelines.h"

namespace mlpipe {
namespace {

using namespace std::chrono_literals;
using test::add_step;
using test::chain;
using test::diamond;
using test::Session;
using test::World;
using Names = std::vector<std::string>;

Pipeline independent(const Names& names) {
  Pipeline pipeline{.name = "independent"};
  for (const auto& name : names) add_step(pipeline, name);
  return pipeline;
}

}  // namespace

TEST_CASE("steps start when what they need is there, and the run completes with the last") {
  World world;
  Session session(world, diamond());
  session.start();
  CHECK(session.target.submitted == Names{"prep"});
  CHECK(session.status("prep") == "Running");
  CHECK(session.status("train") == "NotStarted");
  session.succeed("prep");
  CHECK(session.target.submitted == Names{"prep", "train", "check"});
  session.succeed("check");
  CHECK(session.target.submitted.size() == 3);
  CHECK_FALSE(session.scheduler.finished());
  session.succeed("train");
  CHECK(session.target.submitted.back() == "report");
  session.succeed("report");
  CHECK(session.scheduler.finished());
  const RunOutcome outcome = session.scheduler.outcome();
  CHECK(outcome.status == Status::completed);
  CHECK(outcome.counts.total == 4);
  CHECK(outcome.counts.executed == 4);
  CHECK_FALSE(outcome.system_failed);
  CHECK(outcome.failures.empty());
}

TEST_CASE("a step's way through its statuses is told and recorded") {
  World world;
  Session session(world, independent({"a"}));
  session.start();
  session.succeed("a");
  CHECK(session.reporter.changes ==
        Names{"a Queued", "a Preparing", "a Running", "a Finalizing", "a Completed"});
  const auto steps = world.history.steps_of(session.run.key);
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].status == Status::completed);
  CHECK(steps[0].finished == world.time);
  CHECK(steps[0].reason == "first run of this step");
  const auto attempts = world.history.attempts_of(steps[0].key);
  REQUIRE(attempts.size() == 1);
  CHECK(attempts[0].status == Status::completed);
  CHECK(attempts[0].exit_code == 0);
  CHECK(attempts[0].pid == 1001);
}

TEST_CASE("a step gets its output's place and its inputs' contents") {
  World world;
  Session session(world, chain());
  session.start();
  session.succeed("a", "from a");
  CHECK(read_file(session.target.variable("b", "MLPIPE_INPUT_a")) == "from a");
  CHECK(session.target.variable("b", "MLPIPE_STEP") == "b");
  CHECK(session.target.variable("b", "MLPIPE_RUN_ID") == session.run.id);
}

TEST_CASE("a limit of one step at a time runs them one after the other, in their order") {
  World world;
  Session session(world, independent({"a", "b", "c"}), {.most_steps = 1});
  session.start();
  CHECK(session.target.submitted == Names{"a"});
  CHECK(session.status("b") == "Queued");
  session.succeed("a");
  CHECK(session.target.submitted == Names{"a", "b"});
  session.succeed("b");
  session.succeed("c");
  CHECK(session.scheduler.finished());
}

TEST_CASE("after a failure nothing new starts, and what needs the failed step is skipped") {
  World world;
  Pipeline pipeline = chain();
  add_step(pipeline, "side");
  add_step(pipeline, "below", {"side"});
  Session session(world, pipeline);
  session.start();
  CHECK(session.target.submitted == Names{"a", "side"});
  session.fail_step("a", 3);
  CHECK(session.status("a") == "Failed");
  CHECK(session.record("a").message == "exit code 3");
  CHECK(session.status("b") == "Skipped");
  CHECK(session.status("c") == "Skipped");
  CHECK(session.status("below") == "Skipped");
  CHECK(session.status("side") == "Running");  // what runs finishes, and counts
  session.succeed("side");
  CHECK(session.status("side") == "Completed");
  REQUIRE(session.scheduler.finished());
  const auto outcome = session.scheduler.outcome();
  CHECK(outcome.status == Status::failed);
  CHECK_FALSE(outcome.system_failed);
  CHECK(outcome.counts.skipped == 3);
  CHECK(outcome.counts.executed == 1);
  REQUIRE(outcome.failures.size() == 1);
  CHECK(outcome.failures[0].step == "a");
  CHECK(world.history.find_offered(*session.record("side").fingerprint));
}

TEST_CASE("with continue_on_step_failure only what needs the failed step is skipped") {
  World world;
  Pipeline pipeline = chain();
  add_step(pipeline, "side");
  add_step(pipeline, "below", {"side"});
  Session session(world, pipeline, {.continue_on_step_failure = true});
  session.start();
  session.fail_step("a");
  session.succeed_all();
  CHECK(session.scheduler.finished());
  CHECK(session.status("b") == "Skipped");
  CHECK(session.status("below") == "Completed");
  CHECK(session.scheduler.outcome().status == Status::failed);
}

TEST_CASE("the failure shows the end of the step's log") {
  World world;
  Session session(world, independent({"a"}));
  session.start();
  write_file_atomically(session.target.job("a").stderr_file, "Traceback\nboom\n");
  session.end("a", {.outcome = JobFinished::Outcome::signalled, .signal = 9});
  const auto failures = session.scheduler.outcome().failures;
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].message == "ended by signal 9 (KILL; out of memory?)");
  CHECK(failures[0].log_tail == "Traceback\nboom\n");
  CHECK(stat_file(failures[0].directory));  // kept for a look
}

TEST_CASE("an output that was not made is a failure of the step") {
  World world;
  Session session(world, chain());
  session.start();
  session.end("a", {.exit_code = 0});
  CHECK(session.status("a") == "Failed");
  CHECK_THAT(session.record("a").message, Catch::Matchers::Contains("did not make its output"));
  CHECK(session.status("b") == "Skipped");
  CHECK_FALSE(session.scheduler.outcome().system_failed);
  CHECK(world.history.attempts_of(session.record("a").key)[0].status == Status::failed);
}

TEST_CASE("a failed step is tried again when its delay is over, longer each time") {
  World world;
  Pipeline pipeline = chain();
  pipeline.steps[0].settings.edit().retry = {.max_retries = 2, .delay_seconds = 10, .backoff = 3};
  Session session(world, pipeline);
  session.start();
  session.fail_step("a");
  CHECK(session.status("a") == "Queued");
  session.pass(9'999ms);
  CHECK(session.target.submitted.size() == 1);
  session.pass(1ms);
  CHECK(session.target.submitted == Names{"a", "a"});
  CHECK(session.target.variable("a", "MLPIPE_ATTEMPT") == "2");
  session.fail_step("a");
  session.pass(29'999ms);
  CHECK(session.target.submitted.size() == 2);
  session.pass(1ms);
  CHECK(session.target.submitted.size() == 3);
  session.succeed("a");
  CHECK(session.status("a") == "Completed");
  CHECK(session.status("b") == "Running");
  const auto attempts = world.history.attempts_of(session.record("a").key);
  REQUIRE(attempts.size() == 3);
  CHECK(attempts[0].status == Status::failed);
  CHECK(attempts[1].status == Status::failed);
  CHECK(attempts[2].status == Status::completed);
}

TEST_CASE("after the last retry a step has failed") {
  World world;
  Pipeline pipeline = chain();
  pipeline.steps[0].settings.edit().retry = {.max_retries = 1};
  Session session(world, pipeline);
  session.start();
  session.fail_step("a", 1);
  session.pass(0s);
  session.fail_step("a", 2);
  CHECK(session.status("a") == "Failed");
  CHECK(session.record("a").message == "exit code 2");
  CHECK(session.target.submitted.size() == 2);
  CHECK(session.scheduler.finished());
}

TEST_CASE("a step that waits for its retry when the run stops has failed, not been skipped") {
  World world;
  Pipeline pipeline = independent({"a", "b"});
  pipeline.steps[0].settings.edit().retry = {.max_retries = 5, .delay_seconds = 100};
  Session session(world, pipeline);
  session.start();
  session.fail_step("a", 7);
  session.fail_step("b", 8);
  CHECK(session.scheduler.finished());
  CHECK(session.status("a") == "Failed");
  CHECK(session.record("a").message == "exit code 7");
  CHECK(session.scheduler.outcome().failures.size() == 2);
}

TEST_CASE("cancelling asks what runs to end and starts nothing more") {
  World world;
  Pipeline pipeline = chain();
  add_step(pipeline, "side");
  pipeline.steps.back().settings.edit().retry = {.max_retries = 1, .delay_seconds = 100};
  Session session(world, pipeline);
  session.start();
  session.fail_step("side");
  session.handle(CancelRequested{2});
  CHECK(session.target.cancelled == Names{"a"});
  CHECK(session.status("b") == "Canceled");
  CHECK(session.status("side") == "Canceled");
  CHECK(session.status("a") == "Running");
  CHECK(world.history.find_run(session.run.id).status == Status::cancel_requested);
  CHECK_FALSE(session.scheduler.finished());
  session.end("a", {.outcome = JobFinished::Outcome::cancelled});
  REQUIRE(session.scheduler.finished());
  CHECK(session.status("a") == "Canceled");
  CHECK(session.scheduler.outcome().status == Status::canceled);
  CHECK(session.scheduler.outcome().signal == 2);
  CHECK(session.scheduler.outcome().counts.canceled == 4);
  CHECK(session.scheduler.outcome().failures.empty());
}

TEST_CASE("cancelling twice kills, and the first signal is the one that counts") {
  World world;
  Session session(world, chain());
  session.start();
  session.handle(CancelRequested{15});
  session.handle(CancelRequested{2});
  CHECK(session.target.cancelled == Names{"a", "a at once"});
  session.end("a", {.outcome = JobFinished::Outcome::cancelled});
  CHECK(session.scheduler.outcome().signal == 15);
}

TEST_CASE(
    "a step that ends well although it was cancelled counts, but what needs it does not run") {
  World world;
  Session session(world, chain());
  session.start();
  session.handle(CancelRequested{2});
  session.succeed("a");
  CHECK(session.status("a") == "Completed");
  CHECK(session.target.submitted == Names{"a"});
  CHECK(session.scheduler.finished());
  CHECK(session.scheduler.outcome().status == Status::canceled);
}

TEST_CASE("a step that is being prepared when the run is cancelled does not start") {
  World world;
  Session session(world, chain(), {.hold_background = true});
  session.start();
  CHECK(session.status("a") == "Preparing");
  session.handle(CancelRequested{2});
  CHECK_FALSE(session.scheduler.finished());  // the work's event has not come
  session.do_background();
  CHECK(session.target.submitted.empty());
  CHECK(session.status("a") == "Canceled");
  CHECK(session.scheduler.finished());
}

TEST_CASE("cancelling a run whose last step has just ended leaves it completed") {
  World world;
  Session session(world, independent({"a"}));
  session.start();
  session.succeed("a");
  session.handle(CancelRequested{2});
  CHECK(session.scheduler.outcome().status == Status::completed);
}

TEST_CASE("a store that cannot be flushed fails the system, not only the step") {
  World world;
  Session session(world, chain());
  session.start();
  session.target.write("a", "out", "made");
  session.hold_background = true;
  session.end("a", {.exit_code = 0});
  REQUIRE(session.background.size() == 1);  // the collecting
  session.background.front()();
  session.background.clear();
  session.pump();
  REQUIRE(session.status("a") == "Finalizing");
  rename_path(world.state.objects(), world.folder.path() / "gone");
  session.do_background();
  REQUIRE(session.scheduler.finished());
  CHECK(session.status("a") == "Failed");
  CHECK(session.scheduler.outcome().system_failed);
  CHECK(session.scheduler.outcome().status == Status::failed);
  CHECK_FALSE(world.history.find_offered(*session.record("a").fingerprint));
}

TEST_CASE("background work that breaks fails the system and stops the run") {
  World world;
  Session session(world, independent({"a", "b"}),
                  {.continue_on_step_failure = true, .most_steps = 1});
  remove_tree(world.state.work());
  write_file_atomically(world.state.work(), "in the way");
  session.start();
  CHECK(session.scheduler.finished());
  CHECK(session.status("a") == "Failed");
  CHECK(session.status("b") == "Skipped");
  CHECK(session.scheduler.outcome().system_failed);
}

TEST_CASE("a file that goes away while steps wait for it fails the run without harm") {
  World world;
  const auto raw = world.put("raw.csv", "1");
  Pipeline pipeline = independent({"a", "b", "c"});
  for (auto& step : pipeline.steps)
    step.inputs = {{.name = "raw", .source = PathSource{raw, "raw.csv"}}};
  Session session(world, pipeline,
                  {.continue_on_step_failure = true, .hold_background = true, .most_steps = 1});
  session.start();
  remove_tree(raw);
  session.do_background();
  CHECK(session.scheduler.finished());
  CHECK(session.target.submitted.empty());
  CHECK_THAT(session.record("a").message, Catch::Matchers::Contains(raw.string()));
  CHECK(session.scheduler.outcome().counts.failed + session.scheduler.outcome().counts.skipped ==
        3);
}

TEST_CASE("run_to_end goes on until every step is final") {
  World world;
  Session session(world, diamond());
  session.target.on_submit = [&target = session.target](const std::string& name) {
    target.write(name, "out", "made by " + name);
    target.end(name, {.exit_code = 0});
  };
  const RunOutcome outcome = session.scheduler.run_to_end();
  CHECK(outcome.status == Status::completed);
  CHECK(outcome.counts.executed == 4);
  CHECK_FALSE(world.history.in_batch());
  History reader(world.state.database(), Database::Mode::read_only);
  for (const auto& step : reader.steps_of(session.run.key)) CHECK(step.status == Status::completed);
}

TEST_CASE("a wait before a retry that grows beyond all bounds is long, not none") {
  for (const Retry& retry :
       {Retry{.max_retries = std::numeric_limits<int>::max(), .delay_seconds = 1e300},
        Retry{.max_retries = 1, .delay_seconds = 1e300, .backoff = 1e300}}) {
    World world;
    Pipeline pipeline = chain();
    pipeline.steps[0].settings.edit().retry = retry;
    Session session(world, pipeline);
    session.start();
    session.fail_step("a");
    session.pass(24h);
    CHECK(session.status("a") == "Queued");
    CHECK(session.target.submitted.size() == 1);
  }
}

}  // namespace mlpipe
