// What is not run: reuse, equal steps, and what happens when contents go away or move.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "engine/scheduler.h"
#include "support/catch.h"
#include "support/world.h"

namespace mlpipe {
namespace {

using namespace std::chrono_literals;
using test::add_step;
using test::Session;
using test::step_of;
using test::World;
using Names = std::vector<std::string>;

/// prep -> {train, check} -> report
Pipeline diamond() {
  Pipeline pipeline{.name = "diamond"};
  add_step(pipeline, "prep");
  add_step(pipeline, "train", {"prep"});
  add_step(pipeline, "check", {"prep"});
  add_step(pipeline, "report", {"train", "check"});
  return pipeline;
}

Pipeline chain() {
  Pipeline pipeline{.name = "chain"};
  add_step(pipeline, "a");
  add_step(pipeline, "b", {"a"});
  add_step(pipeline, "c", {"b"});
  return pipeline;
}

/// Two steps that are the same work, and one below each.
Pipeline twins() {
  Pipeline pipeline{.name = "twins"};
  add_step(pipeline, "one", {}, "work");
  add_step(pipeline, "two", {}, "work");
  add_step(pipeline, "below", {"two"});
  return pipeline;
}

void run_all(World& world, const Pipeline& pipeline) {
  Session session(world, pipeline);
  session.start();
  session.succeed_all();
  REQUIRE(session.scheduler.finished());
}

void change_command(Pipeline& pipeline, const std::string& name) {
  std::get<CommandAction>(step_of(pipeline, name).action).command[0].text += " # edited";
}

Pipeline reading(const std::filesystem::path& raw, const Names& names) {
  Pipeline pipeline{.name = "reading"};
  for (const auto& name : names) {
    add_step(pipeline, name);
    pipeline.steps.back().inputs = {{.name = "raw", .source = PathSource{raw, "raw"}}};
  }
  return pipeline;
}

Hash hash_in_manifest(const StepRunRecord& record, const std::string& input) {
  const auto manifest = decode_manifest(record.manifest);
  for (const auto& part : manifest.value())
    if (part.kind == PartKind::input && part.name == input) return content_hash_of(part).value();
  return {};
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
  pipeline.steps[0].allow_reuse = pipeline.steps[1].allow_reuse = false;
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
  const auto next_work = [&session] {
    const auto work = std::move(session.background.front());
    session.background.pop_front();
    work();
    session.pump();
  };
  next_work();  // collected: b is being prepared, a's flush is on its way
  REQUIRE(session.background.size() == 2);
  REQUIRE(session.status("b") == "Preparing");
  REQUIRE(session.status("a") == "Finalizing");
  for (const auto& name : list_names(world.state.objects()))
    if (name.size() == 2)
      for (const auto& object : list_names(world.state.objects() / name))
        if (stat_file(world.state.objects() / name / object / "content" / "out"))
          remove_tree(world.state.objects() / name / object);
  // b's preparation reports first, whichever was queued first.
  std::swap(session.background[0], session.background[1]);
  next_work();
  if (session.status("a") == "Completed") {  // it was the flush after all
    next_work();
  }
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
  pipeline.steps[0].retry = {.max_retries = 1};
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
  CHECK(session.status("b") == "Skipped");
  CHECK(session.scheduler.finished());
  CHECK(session.scheduler.outcome().counts.reused == 0);
}

TEST_CASE("an input that moved before its step starts is looked at again") {
  World world;
  const auto raw = world.put("raw.csv", "old");
  Session session(world, reading(raw, {"a"}), {.hold_background = true});
  session.start();
  world.put("raw.csv", "new");
  session.do_background();
  CHECK(session.target.submitted == Names{"a"});
  CHECK(session.reporter.noted("a", "looked at again"));
  session.succeed("a");
  CHECK(hash_in_manifest(session.record("a"), "raw") == hash_bytes("new"));
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
    CHECK(hash_in_manifest(session.record(name), "raw") == hash_bytes("new"));
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

TEST_CASE("the same work that makes other bytes is told and marked as varying") {
  World world;
  run_all(world, chain());
  Session session(world, chain(), {.selection = {.regenerate_outputs = true}});
  session.start();
  session.succeed("a", "other");
  session.succeed("b");
  session.succeed("c");
  CHECK(session.reporter.noted("a", "varies"));
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
