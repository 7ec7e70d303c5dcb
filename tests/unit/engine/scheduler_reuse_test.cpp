// What is not run: reuse and equal steps.
#include <fmt/format.h>

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
using test::step_of;
using test::World;
using Names = std::vector<std::string>;

/// Two steps that are the same work, and one below each.
Pipeline twins() {
  Pipeline pipeline{.name = "twins"};
  add_step(pipeline, "one", {}, "work");
  add_step(pipeline, "two", {}, "work");
  add_step(pipeline, "below", {"two"});
  return pipeline;
}

}  // namespace

TEST_CASE("a second run reuses everything and starts nothing") {
  World world;
  run_all(world, diamond());
  Session session(world, diamond());
  session.start();
  CHECK(session.scheduler.finished());
  CHECK(session.target.submitted.empty());
  CHECK(session.scheduler.outcome().counts.reused == 4);
  CHECK(session.scheduler.outcome().counts.executed == 0);
  CHECK(session.status("report") == "Completed (reused)");
}

TEST_CASE("what depends on a rerun step with equal output is reused: early cutoff") {
  World world;
  run_all(world, diamond());
  Pipeline edited = diamond();
  change_command(edited, "prep");
  Session session(world, edited);
  session.start();
  CHECK(session.target.submitted == Names{"prep"});
  session.succeed("prep");  // the same bytes as before
  CHECK(session.scheduler.finished());
  CHECK(session.status("prep") == "Completed");
  CHECK(session.status("report") == "Completed (reused)");
}

TEST_CASE("what depends on a rerun step with other output runs") {
  World world;
  run_all(world, chain());
  Pipeline edited = chain();
  change_command(edited, "a");
  Session session(world, edited);
  session.start();
  session.succeed("a", "other bytes");
  CHECK(session.status("b") == "Running");
  CHECK(session.record("b").reason == "input 'a' has other contents (from step 'a')");
  session.succeed("b");  // the same as before
  CHECK(session.status("c") == "Completed (reused)");
}

TEST_CASE("a long chain below a rerun step is reused without recursion") {
  constexpr int length = 3000;
  World world;
  Pipeline pipeline{.name = "long"};
  for (int i = 0; i < length; ++i) {
    const Names needs = i == 0 ? Names() : Names{fmt::format("s{}", i - 1)};
    Step step{.name = fmt::format("s{}", i)};
    step.action = CommandAction{{{Segment::Kind::text, "make " + step.name}}};
    if (i > 0)
      step.inputs = {{.name = "in", .source = OutputSource{{pipeline.steps.size() - 1}, "out"}}};
    step.outputs = {{.name = "out", .type = DataType::uri_file, .file_name = "out"}};
    pipeline.steps.push_back(std::move(step));
  }
  {
    // Their results, without running 3000 steps: all made the same file.
    Session session(world, pipeline);
    session.scheduler.start();
    session.pump();
    session.succeed("s0");
    const auto made = world.history.find_offered(*session.record("s0").fingerprint).value();
    world.history.begin_batch();
    for (int i = 1; i < length; ++i) {
      const StepId id{static_cast<std::size_t>(i)};
      auto copy = made;
      const auto resolution =
          session.resolver.resolve(id, {&made.outputs[0]}, SourceUse::store, Lookup::regenerate);
      copy.fingerprint = resolution.fingerprint;
      copy.manifest = resolution.manifest;
      world.history.add_result(copy);
    }
    world.history.commit_batch();
    session.handle(CancelRequested{2});
    session.end("s1", {.outcome = JobFinished::Outcome::cancelled});
  }
  change_command(pipeline, "s0");
  Session session(world, pipeline);
  session.start();
  session.succeed("s0");
  CHECK(session.scheduler.finished());
  CHECK(session.scheduler.outcome().counts.reused == length - 1);
}

TEST_CASE("equal steps run once in a run, and the second takes the first's result") {
  World world;
  Session session(world, twins());
  session.start();
  CHECK(session.target.submitted == Names{"one"});
  CHECK(session.status("two") == "Queued");
  CHECK(session.reporter.noted("two", "waits for step 'one'"));
  session.succeed("one", "shared");
  CHECK(session.status("two") == "Completed (reused)");
  CHECK(session.output("two").object == session.output("one").object);
  CHECK(read_file(session.target.variable("below", "MLPIPE_INPUT_two")) == "shared");
}

TEST_CASE("equal steps run once although nothing is looked up") {
  World world;
  run_all(world, twins());
  Session session(world, twins(), {.selection = {.regenerate_outputs = true}});
  session.start();
  CHECK(session.target.submitted == Names{"one"});
  session.succeed("one");
  CHECK(session.status("two") == "Completed (reused)");
}

TEST_CASE("if the step that does the work fails, the one that waits for it runs itself") {
  World world;
  Session session(world, twins(), {.continue_on_step_failure = true});
  session.start();
  session.fail_step("one");
  CHECK(session.target.submitted == Names{"one", "two"});
  session.succeed("two");
  session.succeed("below");
  CHECK(session.status("one") == "Failed");
  CHECK(session.status("below") == "Completed");
}

TEST_CASE(
    "a step that allows no reuse runs beside its equal, is not offered, and has its own folder") {
  World world;
  Pipeline pipeline = twins();
  pipeline.steps[0].settings.edit().allow_reuse = pipeline.steps[1].settings.edit().allow_reuse =
      false;
  Session session(world, pipeline);
  session.start();
  CHECK(session.target.submitted == Names{"one", "two"});
  CHECK(session.target.job("one").work_directory != session.target.job("two").work_directory);
  session.succeed("one");
  session.succeed("two");
  CHECK_FALSE(world.history.find_offered(*session.record("one").fingerprint));
  session.succeed("below");
  Session again(world, pipeline);
  again.start();
  CHECK(again.target.submitted == Names{"one", "two"});
  again.succeed("one");
  again.succeed("two");
  CHECK(again.status("below") == "Completed (reused)");  // early cutoff still works below it
}

TEST_CASE("while another driver does the work a step waits, then takes its result") {
  World world;
  Session first(world, chain());
  first.start();
  Session second(world, chain());
  second.start();
  CHECK(second.target.submitted.empty());
  CHECK(second.status("a") == "Queued");
  CHECK(second.reporter.noted("a", "waits for run " + first.run.id));
  second.pass(50ms);
  CHECK(second.target.submitted.empty());
  first.succeed("a");
  second.pass(50ms);
  CHECK(second.status("a") == "Completed (reused)");
  CHECK(second.record("a").message.empty());
}

TEST_CASE("if the other driver's step fails, the step that waits runs itself") {
  World world;
  Session first(world, chain());
  first.start();
  Session second(world, chain());
  second.start();
  first.fail_step("a");
  second.pass(50ms);
  CHECK(second.target.submitted == Names{"a"});
}

TEST_CASE("the same work that makes other bytes is told and marked as varying") {
  World world;
  run_all(world, chain());
  Session session(world, chain(), {.selection = {.regenerate_outputs = true}});
  session.start();
  session.succeed("a", "other");
  session.succeed("b");
  session.succeed("c");
  CHECK(session.reporter.noted("a", "results vary"));
  CHECK(world.history.find_offered(*session.record("a").fingerprint)->varying);
  CHECK_FALSE(session.reporter.noted("b", "varies"));  // it is other work by now

  Session third(world, chain(), {.selection = {.from = {"a"}}});
  third.start();
  third.succeed("a", "other");
  CHECK(world.history.find_offered(*third.record("a").fingerprint)->varying);  // it stays so
}

TEST_CASE("equal artifacts beside an output are no variation") {
  World world;
  Pipeline pipeline{.name = "p"};
  add_step(pipeline, "a");
  const auto run = [&](const test::Session::Options& options) {
    Session session(world, pipeline, options);
    session.start();
    const auto folder = session.target.job("a").work_directory;
    write_file_atomically(folder / "outputs" / "plot", "p");
    write_file_atomically(folder / "logs" / "log", "l");
    session.succeed("a");
    CHECK_FALSE(session.reporter.noted("a", "varies"));
    CHECK(world.history.find_offered(*session.record("a").fingerprint)->outputs.size() == 3);
  };
  run({});
  run({.selection = {.regenerate_outputs = true}});
}

TEST_CASE("outputs are copied to their paths, also of a reused step") {
  World world;
  Pipeline pipeline = chain();
  const auto path = world.folder.path() / "results" / "model";
  step_of(pipeline, "b").outputs[0].path = path;
  run_all(world, pipeline);
  CHECK(read_file(path) == "made by b");
  remove_tree(path);
  Session session(world, pipeline);
  session.start();
  CHECK(session.scheduler.finished());
  CHECK(read_file(path) == "made by b");
  write_file_atomically(path, "edited by hand");
  Session third(world, pipeline);
  third.start();
  CHECK(read_file(path) == "edited by hand");
  CHECK(third.reporter.noted("b", "was edited since"));
}

}  // namespace mlpipe
