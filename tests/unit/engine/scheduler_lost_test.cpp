// What happens when outputs are lost from the store and inputs move.
#include <string>
#include <vector>

#include "engine/scheduler.h"
#include "support/catch.h"
#include "support/pipelines.h"

namespace mlpipe {
namespace {

using namespace std::chrono_literals;
using test::add_step;
using test::chain;
using test::change_command;
using test::diamond;
using test::run_all;
using test::Session;
using test::World;
using Names = std::vector<std::string>;

Pipeline reading(const std::filesystem::path& raw, const Names& names) {
  Pipeline pipeline{.name = "reading"};
  for (const auto& name : names) {
    add_step(pipeline, name);
    pipeline.steps.back().inputs = {{.name = "raw", .source = PathSource{raw, "raw"}}};
  }
  return pipeline;
}

/// As it is recorded.
Hash hash_in_manifest(World& world, const StepRunRecord& record, const std::string& input) {
  const auto manifest = decode_manifest(world.history.step_run(record.key).value().manifest);
  for (const auto& part : manifest.value())
    if (part.kind == PartKind::input && part.name == input) return content_hash_of(part).value();
  return {};
}

}  // namespace

TEST_CASE("an output that is lost from the store reruns what made it, and everything ends once") {
  World world;
  Session session(world, diamond(), {.most_steps = 1});
  session.start();
  session.succeed("prep");
  REQUIRE(session.status("train") == "Running");
  REQUIRE(session.status("check") == "Queued");
  world.lose(session.output("prep").object);
  session.fail_step("train");  // it may not find its input
  CHECK(session.status("check") == "Skipped");

  // The next run makes it again; by the time of the second step that reads it, it is lost again.
  Session next(world, diamond(), {.most_steps = 1});
  next.start();
  next.succeed("prep");
  world.lose(next.output("prep").object);
  next.succeed("train");
  CHECK(next.target.submitted == Names{"prep", "train", "prep"});
  CHECK(next.status("check") == "NotStarted");
  CHECK(next.reporter.noted("prep", "runs again"));
  CHECK(next.record("prep").finished == TimePoint{});
  next.succeed("prep");
  next.succeed("check");
  next.succeed("report");
  CHECK(next.target.submitted == Names{"prep", "train", "prep", "check", "report"});
  CHECK(next.scheduler.finished());
  CHECK(next.scheduler.outcome().counts.executed == 4);
  CHECK(world.history.attempts_of(next.record("prep").key).size() == 2);
}

TEST_CASE("what waits for the asker too waits for both, not only for the rerun") {
  World world;
  Pipeline pipeline{.name = "p"};
  add_step(pipeline, "prep");
  add_step(pipeline, "train", {"prep"});
  add_step(pipeline, "report", {"prep", "train"});
  Session session(world, pipeline);
  session.start();
  session.hold_background = true;
  session.target.write("prep", "out", "made");
  session.target.end("prep", {.exit_code = 0});
  session.pump();
  session.do_next();  // collected
  session.do_next();  // recorded; train is being prepared
  REQUIRE(session.status("prep") == "Completed");
  world.lose(session.output("prep").object);
  session.do_background();
  CHECK(session.target.submitted == Names{"prep", "prep"});
  session.succeed("prep");
  CHECK(session.target.submitted == Names{"prep", "prep", "train"});
  CHECK(session.status("report") == "NotStarted");
  session.succeed("train");
  CHECK(session.status("report") == "Running");
  session.succeed("report");
  CHECK(session.scheduler.finished());
}

TEST_CASE("a reused output that is lost after planning reruns its step") {
  World world;
  run_all(world, diamond());
  Pipeline edited = diamond();
  change_command(edited, "check");
  Session session(world, edited);
  world.lose(
      world.history.find_offered(session.plan()[0].resolution.fingerprint)->outputs[0].object);
  session.start();
  CHECK(session.target.submitted == Names{"prep"});
  CHECK(session.status("train") == "Completed (reused)");
  session.succeed("prep");
  session.succeed("check");
  CHECK(session.status("report") == "Completed (reused)");
  CHECK(session.status("prep") == "Completed");
  CHECK(session.scheduler.finished());
}

TEST_CASE(
    "a result that gc takes between the plan and the run is not reused, nor what was found below") {
  World world;
  const Pipeline pipeline = chain();
  run_all(world, pipeline);
  Session session(world, pipeline);  // has planned: all are found
  const auto found =
      world.history.find_offered(*world.history.last_completed("chain", "a")->fingerprint);
  REQUIRE(found);
  const auto holders = world.history.object_holders({});
  for (const auto& result : holders.results)
    if (result.key == found->key) {
      // Its run has to have ended.
      for (const auto& run : world.history.unfinished_runs())
        if (run.key != session.run.key)
          world.history.finish_run(run.key, Status::completed, "", world.time);
      REQUIRE(world.history.collect_results({&result}, world.time) == std::vector{found->key});
    }
  world.lose(found->outputs.front().object);
  session.start();
  CHECK(session.target.submitted == Names{"a"});
  session.succeed("a", "other bytes than before");
  CHECK(session.target.submitted == Names{"a", "b"});
  session.succeed_all();
  CHECK(session.scheduler.finished());
  CHECK(session.status("a") == "Completed");
  CHECK(session.status("b") == "Completed");
}

TEST_CASE("two steps that lose the same input ask for one rerun") {
  World world;
  Session session(world, diamond(), {.hold_background = true});
  session.start();
  session.do_background();
  session.succeed("prep");
  // Both are prepared by now; once more with the object gone before they are.
  session.fail_step("train");
  session.end("check", {.exit_code = 1});
  Session again(world, diamond());
  again.hold_background = true;
  again.start();
  REQUIRE(again.background.size() == 2);  // train and check, prep is reused
  world.lose(again.output("prep").object);
  again.do_background();
  CHECK(again.target.submitted == Names{"prep"});
  again.succeed("prep");
  CHECK(again.target.submitted == Names{"prep", "train", "check"});
  again.succeed("train");
  again.succeed("check");
  again.succeed("report");
  CHECK(again.scheduler.finished());
}

TEST_CASE("an output lost before its result was recorded reruns its step when it is") {
  World world;
  Session session(world, chain());
  session.start();
  session.target.write("a", "out", "made");
  session.hold_background = true;
  session.target.end("a", {.exit_code = 0});
  session.pump();
  session.do_next();  // collected: its flush and b's preparation are on their way
  REQUIRE(session.background.size() == 2);
  REQUIRE(session.status("a") == "Finalizing");
  REQUIRE(session.status("b") == "Preparing");
  for (const auto& name : list_names(world.state.objects()))
    if (name.size() == 2)
      for (const auto& object : list_names(world.state.objects() / name))
        if (stat_file(world.state.objects() / name / object / "content" / "out"))
          remove_tree(world.state.objects() / name / object);
  std::swap(session.background[0], session.background[1]);
  session.do_next();  // b finds nothing
  REQUIRE(session.status("a") == "Finalizing");
  session.do_background();
  CHECK(session.target.submitted == Names{"a", "a"});
  session.succeed("a");
  session.succeed("b");
  session.succeed("c");
  CHECK(session.scheduler.finished());
}

TEST_CASE("when the rerun of a lost output fails, what asked for it is skipped") {
  World world;
  Pipeline pipeline = chain();
  pipeline.steps[0].settings.edit().retry = {.max_retries = 1};
  run_all(world, pipeline);
  change_command(pipeline, "b");
  Session session(world, pipeline);
  world.lose(
      world.history.find_offered(session.plan()[0].resolution.fingerprint)->outputs[0].object);
  session.start();
  session.fail_step("a");
  session.pass(0s);
  session.fail_step("a");
  CHECK(session.status("a") == "Failed");
  CHECK_FALSE(world.history.find_offered(*session.record("a").fingerprint));
  CHECK(session.status("b") == "Skipped");
  CHECK(session.scheduler.finished());
  CHECK(session.scheduler.outcome().counts.reused == 0);
}

TEST_CASE("a step that runs again has all its retries again") {
  World world;
  Pipeline pipeline = chain();
  pipeline.steps[0].settings.edit().retry = {.max_retries = 1};
  Session session(world, pipeline);
  session.start();
  session.fail_step("a");
  session.pass(0s);
  session.hold_background = true;
  session.target.write("a", "out", "made");
  session.target.end("a", {.exit_code = 0});
  session.pump();
  session.do_next();  // collected: its flush and b's preparation are on their way
  session.do_next();
  REQUIRE(session.status("a") == "Completed");
  REQUIRE(session.status("b") == "Preparing");
  world.lose(session.output("a").object);
  session.do_background();
  REQUIRE(session.status("a") == "Running");
  session.fail_step("a");
  CHECK(session.status("a") == "Queued");
  session.pass(0s);
  session.succeed("a");
  session.succeed("b");
  session.succeed("c");
  CHECK(session.scheduler.finished());
}

TEST_CASE("an input that moved before its step starts is looked at again") {
  World world;
  const auto raw = world.put("raw.csv", "old");
  Session session(world, reading(raw, {"a"}), {.hold_background = true});
  session.start();
  world.put("raw.csv", "new");
  session.do_background();
  CHECK(session.target.submitted == Names{"a"});
  CHECK(session.reporter.noted("a", "read again"));
  session.succeed("a");
  CHECK(hash_in_manifest(world, session.record("a"), "raw") == hash_bytes("new"));
  CHECK(world.history.find_offered(*session.record("a").fingerprint));
}

TEST_CASE("an input that moved is looked at again by every step that waits to read it") {
  World world;
  const auto raw = world.put("raw.csv", "old");
  Session session(world, reading(raw, {"a", "b"}), {.hold_background = true, .most_steps = 1});
  session.start();
  world.put("raw.csv", "new");
  session.do_background();
  session.succeed("a");
  session.succeed("b");
  for (const auto* name : {"a", "b"}) {
    CAPTURE(name);
    CHECK(hash_in_manifest(world, session.record(name), "raw") == hash_bytes("new"));
  }
}

TEST_CASE("a moved input that is as in an earlier run is reused") {
  World world;
  const auto raw = world.put("raw.csv", "first");
  run_all(world, reading(raw, {"a"}));
  world.put("raw.csv", "second");
  Session session(world, reading(raw, {"a"}), {.hold_background = true});
  session.start();
  REQUIRE(session.status("a") == "Preparing");
  world.put("raw.csv", "first");
  session.do_background();
  CHECK(session.status("a") == "Completed (reused)");
  CHECK(session.scheduler.finished());
}

TEST_CASE("an input that moves while the step runs leaves a result that nobody reuses") {
  World world;
  const auto raw = world.put("raw.csv", "old");
  Session session(world, reading(raw, {"a"}));
  session.start();
  world.put("raw.csv", "new");
  world.put("raw.csv", "old");  // the same bytes again: A, B, A
  session.succeed("a");
  CHECK(session.status("a") == "Completed");
  CHECK(session.reporter.noted("a", "not kept for reuse"));
  CHECK_FALSE(world.history.find_offered(*session.record("a").fingerprint));
  CHECK(session.record("a").result);  // history has it
}

}  // namespace mlpipe
