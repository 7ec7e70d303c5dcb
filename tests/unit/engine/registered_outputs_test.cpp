// Outputs that are registered when their step completes, and registered data that was changed.
#include "engine/registered_outputs.h"

#include <string>
#include <vector>

#include "engine/changed_assets.h"
#include "engine/reused_run.h"
#include "support/catch.h"
#include "support/pipelines.h"

namespace mlpipe {
namespace {

using Catch::Matchers::Contains;
using test::add_step;
using test::Session;
using test::World;

/// One step whose output is registered.
Pipeline registering(const std::string& name, const std::string& version = {},
                     const std::string& type = "custom_model") {
  Pipeline pipeline{.name = "registering"};
  add_step(pipeline, "train");
  auto& output = pipeline.steps[0].outputs[0];
  output.asset.edit().name = name;
  output.asset.edit().version = version;
  output.asset.edit().type = type;
  return pipeline;
}

/// A run in which the step makes this text.
struct Trained : Session {
  Trained(World& in, const Pipeline& of, const std::string& text) : Session(in, of) {
    start();
    if (target.is_running("train")) succeed("train", text);
  }
};

Pipeline anew(Pipeline pipeline) {
  pipeline.steps[0].settings.edit().allow_reuse = false;
  return pipeline;
}

}  // namespace

TEST_CASE("a completed step's output is registered with its result, and stays though gc comes") {
  World world;
  const Trained trained(world, registering("churn"), "weights");
  Registry registry(world.history);
  const auto model = registry.get(AssetKind::model, {.name = "churn"});
  CHECK(model.version == "1");
  CHECK(model.type == "custom_model");
  CHECK(model.run_id == trained.run.id);
  CHECK(model.step == "train");
  REQUIRE(model.stored);
  CHECK(model.stored->name == "out");
  CHECK(model.stored->object == trained.output("train").object);
  CHECK(trained.reporter.noted("train", "output 'out' is registered as model 'churn:1'"));
  CHECK_FALSE(trained.scheduler.outcome().system_failed);
  const auto held = world.history.object_holders({}).registered;
  CHECK(held == std::vector{model.stored->object});
}

TEST_CASE("data types are registered as data, by default as what the output is") {
  World world;
  { const Trained trained(world, registering("table", "7", ""), "a,b"); }
  const auto data = Registry(world.history).get(AssetKind::data, {.name = "table"});
  CHECK(data.version == "7");
  CHECK(data.type == "uri_file");
}

TEST_CASE("a reused result is no new version, other content is the next one") {
  World world;
  { const Trained first(world, registering("churn"), "weights"); }
  const Trained second(world, registering("churn"), "weights");
  CHECK(second.status("train") == "Completed (reused)");
  CHECK(second.reporter.notes.empty());
  { const Trained third(world, anew(registering("churn")), "other weights"); }
  Registry registry(world.history);
  CHECK(registry.versions_of(AssetKind::model, "churn", true).size() == 2);
  CHECK(registry.get(AssetKind::model, {.name = "churn"}).version == "2");
}

TEST_CASE("a reused step registers under a name that is new") {
  World world;
  { const Trained first(world, registering("churn"), "weights"); }
  const Trained second(world, registering("better"), "weights");
  CHECK(second.status("train") == "Completed (reused)");
  CHECK(Registry(world.history).get(AssetKind::model, {.name = "better"}).run_id == second.run.id);
}

TEST_CASE("a version that is another one is told, and the run does not end well") {
  World world;
  { const Trained first(world, registering("churn", "1"), "weights"); }
  const Trained second(world, anew(registering("churn", "1")), "other weights");
  CHECK(second.status("train") == "Completed");
  CHECK(second.scheduler.outcome().system_failed);
  CHECK(second.reporter.noted("train", "could not be registered: the model 'churn:1' exists"));
  CHECK(second.reporter.noted("train", "its content differs"));
  CHECK(Registry(world.history).versions_of(AssetKind::model, "churn", true).size() == 1);
}

TEST_CASE("a failed step registers nothing") {
  World world;
  Session session(world, registering("churn"));
  session.start();
  session.fail_step("train");
  CHECK(Registry(world.history).names(AssetKind::model).empty());
}

TEST_CASE("a run that reuses everything registers too") {
  World world;
  { const Trained first(world, registering("churn"), "weights"); }
  const auto pipeline = registering("renamed");
  test::Planner planner(world, pipeline);
  const auto plan = planner.plan();
  REQUIRE(is_all_reused(plan));
  RunRecord run{.pipeline = "registering", .started = world.time};
  test::RecordingReporter reporter;
  LiveRuns live(world.state.run_locks());
  REQUIRE(record_reused_run(run, pipeline, plan, world.history, live, reporter));
  CHECK(register_reused_outputs(pipeline, plan, run.key, world.history, reporter));
  CHECK(reporter.noted("train", "'renamed:1'"));
  Registry registry(world.history);
  CHECK(registry.get(AssetKind::model, {.name = "renamed"}).run_id == run.id);
  // A version that is another one, as in a run that executes.
  (void)registry.add({.kind = AssetKind::model, .name = "taken", .version = "1"});
  CHECK_FALSE(
      register_reused_outputs(registering("taken", "1"), plan, run.key, world.history, reporter));
  CHECK(reporter.noted("train", "could not be registered"));
}

TEST_CASE("registered data that was changed in place is told once, with its day") {
  World world;
  const auto file = world.put("iris.csv", "a,b\n1,2\n");
  const Hash then = hash_bytes("a,b\n1,2\n");
  Registry registry(world.history);
  (void)registry.add({.kind = AssetKind::data,
                      .name = "iris",
                      .type = "uri_file",
                      .created = from_micros(1'800'000'000'000'000),
                      .path = file,
                      .content = then});
  Pipeline pipeline{.name = "p"};
  for (const auto* name : {"a", "b"}) {
    add_step(pipeline, name);
    pipeline.steps.back().inputs.push_back(
        {.name = "table",
         .type = DataType::uri_file,
         .source = PathSource{.path = file, .asset = "iris:1", .registered = then}});
  }
  const auto notices = [&](const Selection& selection) {
    test::Planner planner(world, pipeline);
    (void)planner.plan(selection);
    return changed_assets(planner.pipeline, planner.rules(selection), planner.facts,
                          &world.history);
  };
  CHECK(notices({}).empty());
  world.put("iris.csv", "a,b\n1,3\n");
  const auto told = notices({});
  REQUIRE(told.size() == 1);
  CHECK_THAT(told[0], Contains("data asset 'iris:1'") && Contains("iris.csv") &&
                          Contains("registered on 2027-01-1"));
  CHECK(notices({.until = {"a"}}).size() == 1);
  pipeline.steps[0].inputs.clear();
  CHECK(notices({.until = {"a"}}).empty());
}

}  // namespace mlpipe
