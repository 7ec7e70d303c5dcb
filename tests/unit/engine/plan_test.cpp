// From what is known to what will run: StepResolver, plan_steps, record_reused_run.
#include "engine/plan.h"

#include <string>
#include <vector>

#include "base/error.h"
#include "core/manifest.h"
#include "engine/reused_run.h"
#include "history/live_runs.h"
#include "support/catch.h"
#include "support/pipelines.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;
using test::add_step;
using test::chain;
using test::change_command;
using test::Planner;
using test::run_all;
using test::Session;
using test::step_of;
using test::World;
using Names = std::vector<std::string>;

/// One letter a step: 'r'euse, 'R'un, 'd'epends, '-'.
std::string decisions(const std::vector<PlannedStep>& plan) {
  std::string text;
  for (const auto& step : plan) {
    switch (step.decision) {
      case PlannedStep::Decision::unselected:
        text += '-';
        break;
      case PlannedStep::Decision::reuse:
        text += 'r';
        break;
      case PlannedStep::Decision::run:
        text += 'R';
        break;
      case PlannedStep::Decision::depends:
        text += 'd';
        break;
    }
  }
  return text;
}

std::string planned(World& world, const Pipeline& pipeline, const Selection& selection = {}) {
  return decisions(Planner(world, pipeline).plan(selection));
}

}  // namespace

TEST_CASE("a plan knows what runs, what is reused, and what depends") {
  World world;
  CHECK(planned(world, chain()) == "Rdd");
  run_all(world, chain());
  CHECK(planned(world, chain()) == "rrr");
  Pipeline edited = chain();
  change_command(edited, "b");
  CHECK(planned(world, edited) == "rRd");
  CHECK(planned(world, chain(), {.from = {"b"}}) == "rRd");
  CHECK(planned(world, chain(), {.until = {"a"}}) == "r--");
  CHECK(planned(world, chain(), {.regenerate_outputs = true}) == "Rdd");
}

TEST_CASE("a plan says why") {
  World world;
  Planner fresh(world, chain());
  auto plan = fresh.plan();
  CHECK(plan[0].reason == "first run of this step");
  CHECK(plan[1].reason == "what it needs runs first: a");
  CHECK(plan[2].reason == "what it needs runs first: b");
  run_all(world, chain());
  Pipeline edited = chain();
  change_command(edited, "a");
  step_of(edited, "b").settings.edit().allow_reuse = false;
  plan = Planner(world, edited).plan();
  CHECK(plan[0].reason == "the command changed: make a -> make a # edited");
  plan = Planner(world, chain()).plan();
  CHECK_THAT(plan[0].reason, Contains("reused from run"));
  plan = Planner(world, chain()).plan({.from = {"a"}});
  CHECK(plan[0].reason == "it was asked to run anew (--from)");
}

namespace {

/// What would be remembered of a plan whose steps were all reused.
RememberedPlan remembered_of(const Planner& planner, const std::vector<PlannedStep>& plan) {
  RememberedPlan remembered;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const auto& resolution = plan[i].resolution;
    RememberedStep step{.owners = {owner_of_step(planner.pipeline.steps[i])},
                        .fingerprint = resolution.fingerprint,
                        .result = resolution.hit->key,
                        .outputs = resolution.hit->outputs,
                        .reason = plan[i].reason};
    for (const StepId need : planner.graph.dependencies({i}))
      step.needs.push_back(plan[need.index].resolution.hit->key);
    remembered.steps.emplace_back(std::move(step));
  }
  return remembered;
}

/// As decisions(), with an 'm' for what is reused as it was remembered.
std::string decisions_and_memory(const std::vector<PlannedStep>& plan) {
  std::string text = decisions(plan);
  for (std::size_t i = 0; i < plan.size(); ++i)
    if (plan[i].is_remembered) text[i] = 'm';
  return text;
}

}  // namespace

TEST_CASE("what is remembered of a step is taken if what it needs comes to the same") {
  World world;
  run_all(world, chain());
  Planner first(world, chain());
  const auto plan = first.plan();
  auto remembered = remembered_of(first, plan);
  const auto planned_again = [&](const Selection& selection = {}) {
    return decisions_and_memory(Planner(world, chain()).plan(selection, PlanUse::run, &remembered));
  };
  SECTION("all of it") {
    CHECK(planned_again() == "mmm");
    const auto again = Planner(world, chain()).plan({}, PlanUse::run, &remembered);
    for (std::size_t i = 0; i < plan.size(); ++i) {
      CHECK(again[i].resolution.fingerprint == plan[i].resolution.fingerprint);
      CHECK(again[i].resolution.hit->key == plan[i].resolution.hit->key);
      CHECK(again[i].resolution.hit->outputs.at(0).object ==
            plan[i].resolution.hit->outputs.at(0).object);
      CHECK(again[i].reason == plan[i].reason);
    }
  }
  SECTION("one is forgotten: it is resolved, to the same") {
    remembered.steps[1].reset();
    CHECK(planned_again() == "mrm");
  }
  SECTION("one came to something else then") {
    remembered.steps[2]->needs = {ResultKey{77}};
    CHECK(planned_again() == "mmr");
  }
  SECTION("one needed less then") {
    remembered.steps[2]->needs.clear();
    CHECK(planned_again() == "mmr");
  }
  SECTION("one is to run anew") { CHECK(planned_again({.from = {"b"}}) == "mRd"); }
  SECTION("one runs, what follows is not known") {
    Pipeline edited = chain();
    change_command(edited, "a");
    remembered.steps[0].reset();
    CHECK(decisions_and_memory(Planner(world, edited).plan({}, PlanUse::run, &remembered)) ==
          "Rdd");
  }
}

TEST_CASE("many missing needs are named only in part") {
  World world;
  Pipeline pipeline{.name = "join"};
  Names needs;
  for (int i = 0; i < 7; ++i) {
    needs.push_back("s" + std::to_string(i));
    add_step(pipeline, needs.back());
  }
  add_step(pipeline, "join", needs);
  CHECK(Planner(world, pipeline).plan().back().reason ==
        "what it needs runs first: s0, s1, s2, s3, s4, ...");
}

TEST_CASE("a step is reused under another name and in another pipeline") {
  World world;
  run_all(world, chain());
  Pipeline renamed = chain();
  renamed.name = "other";
  renamed.steps[0].name = "first";
  CHECK(planned(world, renamed) == "rrr");
}

TEST_CASE("a result whose output is gone or damaged is a miss that says so") {
  World world;
  run_all(world, chain());
  const auto result =
      world.history.find_offered(Planner(world, chain()).plan()[1].resolution.fingerprint).value();
  const Hash object = result.outputs[0].object;
  SECTION("gone") { world.lose(object); }
  SECTION("damaged") {
    const auto folder = world.store.content_folder(object);
    remove_tree(folder / "out");
    write_file_atomically(folder / "out", "evil");
  }
  Planner planner(world, chain());
  const auto plan = planner.plan();
  CHECK(decisions(plan) == "rRd");
  CHECK_THAT(plan[1].reason, Contains("output 'out'") && Contains(result.run_id));
}

TEST_CASE("an object that is whole though its stat is not is reused and renewed") {
  World world;
  run_all(world, chain());
  Planner planner(world, chain());
  const auto hit = *planner.plan()[0].resolution.hit;
  CHECK(planner.resolver.renewed_objects().empty());
  world.history.remember_object(hit.outputs[0].object, {});  // as in a copied workspace
  Planner again(world, chain());
  CHECK(decisions(again.plan()) == "rrr");
  CHECK(again.resolver.renewed_objects() == std::vector<Hash>{hit.outputs[0].object});
}

TEST_CASE("looking at a plan stores nothing") {
  World world;
  world.put("src/a.txt", "a");
  Pipeline pipeline = chain();
  pipeline.steps[0].sources.edit().directory = world.folder.path() / "src";
  const auto before = list_names(world.state.objects());
  CHECK(decisions(Planner(world, pipeline).plan({}, PlanUse::look)) == "Rdd");
  CHECK(list_names(world.state.objects()) == before);
  CHECK(decisions(Planner(world, pipeline).plan({}, PlanUse::run)) == "Rdd");
  CHECK(list_names(world.state.objects()) != before);
}

TEST_CASE("a changed source file is named in the reason") {
  World world;
  world.put("src/train.py", "a\nb\n");
  world.put("src/.mlpipeignore", "*.log\n");
  Pipeline pipeline = chain();
  pipeline.steps[0].sources.edit().directory = world.folder.path() / "src";
  run_all(world, pipeline);
  world.put("src/notes.log", "ignored");
  CHECK(planned(world, pipeline) == "rrr");
  world.put("src/train.py", "a\nB\n");
  Planner planner(world, pipeline);
  CHECK(planner.plan()[0].reason == "source directory changed: train.py changed (line 2)");
}

TEST_CASE("a passed variable counts by the caller's value") {
  World world;
  world.caller["TOKEN"] = "1";
  Pipeline pipeline = chain();
  pipeline.steps[0].settings.edit().pass_environment = {"TOKEN"};
  run_all(world, pipeline);
  CHECK(planned(world, pipeline) == "rrr");
  world.caller["TOKEN"] = "2";
  CHECK(planned(world, pipeline) == "Rdd");
  Session session(world, pipeline);
  session.start();
  CHECK(session.target.variable("a", "TOKEN") == "2");
}

TEST_CASE("the option --only refuses when something above it would have to run") {
  World world;
  try {
    (void)Planner(world, chain()).plan({.only = {"b"}});
    FAIL("it was planned");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    CHECK_THAT(error.what(), Contains("'a'") && Contains("--until"));
  }
  run_all(world, chain());
  CHECK(planned(world, chain(), {.only = {"b"}}) == "rr-");
}

TEST_CASE("a wholly reused run is recorded with its steps and the results they take") {
  World world;
  run_all(world, chain());
  Planner planner(world, chain());
  const auto plan = planner.plan();
  REQUIRE(is_all_reused(plan));
  test::RecordingReporter reporter;
  LiveRuns live_runs(world.state.run_locks());
  RunRecord run{.pipeline = "chain"};
  REQUIRE(record_reused_run(run, planner.pipeline, plan, world.history, live_runs, reporter));
  CHECK_FALSE(world.history.in_batch());
  CHECK(reporter.steps == Names{"a", "b", "c"});
  CHECK(reporter.changes == Names{"a Completed", "b Completed", "c Completed"});
  CHECK(LiveRuns(world.state.run_locks()).is_alive(run.key));  // until it says how it ended
  const auto steps = world.history.steps_of(world.history.find_run(run.id).key);
  REQUIRE(steps.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(steps[i].status == Status::completed);
    CHECK(steps[i].reused);
    CHECK(steps[i].result == plan[i].resolution.hit->key);
    const auto result = world.history.find_result(plan[i].resolution.hit->key).value();
    CHECK(steps[i].manifest == result.manifest);
    CHECK(fingerprint(steps[i].manifest) == plan[i].resolution.fingerprint);
    CHECK(plan[i].resolution.manifest.empty());  // long, and nobody needs it any more
    CHECK(steps[i].reason == plan[i].reason);
  }
}

TEST_CASE("a run whose results were withdrawn meanwhile is not recorded") {
  World world;
  run_all(world, chain());
  Planner planner(world, chain());
  const auto plan = planner.plan();
  world.history.withdraw_result(plan[1].resolution.hit->key);
  test::RecordingReporter reporter;
  LiveRuns live_runs(world.state.run_locks());
  RunRecord run{.pipeline = "chain"};
  const auto before = world.history.newest_runs(10).size();
  CHECK_FALSE(record_reused_run(run, planner.pipeline, plan, world.history, live_runs, reporter));
  CHECK_FALSE(world.history.in_batch());
  CHECK(world.history.newest_runs(10).size() == before);
  CHECK(reporter.steps.empty());
}

TEST_CASE("a plan is wholly reused if nothing selected runs") {
  using Decision = PlannedStep::Decision;
  CHECK(is_all_reused({}));
  CHECK(is_all_reused({{.decision = Decision::reuse}, {.decision = Decision::unselected}}));
  CHECK_FALSE(is_all_reused({{.decision = Decision::reuse}, {.decision = Decision::run}}));
  CHECK_FALSE(is_all_reused({{.decision = Decision::depends}}));
}

}  // namespace mlpipe
