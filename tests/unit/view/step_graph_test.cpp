#include "view/step_graph.h"

#include "base/error.h"
#include "engine/resolved_spec.h"
#include "support/catch.h"

namespace mlpipe {
namespace {

/// prep makes two files; train reads both and comes after setup.
Pipeline small_pipeline() {
  Pipeline pipeline{.name = "small"};
  Step prep{.name = "prep",
            .action = CommandAction{{{Segment::Kind::text, "\n# why\n  cut  -d ,"},
                                     {Segment::Kind::text, " "},
                                     {Segment::Kind::output, "x"}}}};
  Step setup{.name = "set.outputs.up", .action = CommandAction{{{Segment::Kind::text, "true"}}}};
  Step train{.name = "train", .action = ScriptAction{.script_name = "train.py"}};
  train.literals = {{"rate", "${{steps.prep.outputs.no}}"}};
  train.inputs = {{.name = "a", .source = OutputSource{{0}, "x"}},
                  {.name = "b", .source = OutputSource{{0}, "y"}},
                  {.name = "c", .source = PathSource{"/data/c", "c"}}};
  train.depends_on = {{0}, {1}};
  pipeline.steps = {prep, setup, train};
  return pipeline;
}

RunDetails run_of(const Pipeline& pipeline) {
  RunDetails details{.run = {.id = "abc", .resolved_spec = resolved_spec_json(pipeline)}};
  for (const auto& step : pipeline.steps)
    details.steps.push_back(
        {.record = {.step = step.name, .status = Status::completed, .reused = true}});
  return details;
}

void check_small(const StepGraph& graph) {
  REQUIRE(graph.steps.size() == 3);
  CHECK(graph.steps[0].subtitle == "cut -d , ${{outputs.x}}");
  CHECK(graph.steps[2].subtitle == "train.py");
  REQUIRE(graph.edges.size() == 2);
  CHECK(graph.edges[0].from == 0);
  CHECK(graph.edges[0].to == 2);
  CHECK(graph.edges[0].label() == "x → a, y → b");
  CHECK_FALSE(graph.edges[0].dashed());
  CHECK(graph.edges[1].from == 1);
  CHECK(graph.edges[1].to == 2);
  CHECK(graph.edges[1].dashed());
}

}  // namespace

TEST_CASE("a pipeline's edges are merged between two steps; order alone is dashed") {
  const auto graph = step_graph_of(small_pipeline());
  check_small(graph);
  CHECK_FALSE(graph.steps[0].status);
}

TEST_CASE("a recorded run gives the same graph, with statuses") {
  const auto graph = step_graph_of(run_of(small_pipeline()));
  check_small(graph);
  CHECK(graph.steps[1].status == Status::completed);
  CHECK(graph.steps[1].reused);
  CHECK(status_words(graph.steps[1]) == "Reused");
}

TEST_CASE("marking leaves what the run does not know, and tells what the graph does not have") {
  auto pipeline = small_pipeline();
  const auto details = run_of(pipeline);
  pipeline.steps[1].name = "renamed";
  auto graph = step_graph_of(pipeline);
  CHECK(mark_with(graph, details) == std::vector<std::string>{"set.outputs.up"});
  CHECK(graph.steps[0].status == Status::completed);
  CHECK_FALSE(graph.steps[1].status);
  CHECK(status_words(graph.steps[1]).empty());
}

TEST_CASE("a record that is not readable is an error, not a wrong picture") {
  auto details = run_of(small_pipeline());
  details.run.resolved_spec = "{\"steps\": [";
  CHECK_THROWS_AS(step_graph_of(details), Error);
  details.run.resolved_spec = R"({"steps": [{"noname": 1}]})";
  CHECK_THROWS_AS(step_graph_of(details), Error);
}

TEST_CASE("a record whose steps need each other in a circle is an error that names one") {
  auto details = run_of(small_pipeline());
  const auto refused = [&](const char* spec, const char* step) {
    details.run.resolved_spec = spec;
    CHECK_THROWS_WITH(step_graph_of(details), Catch::Contains(step) && Catch::Contains("abc"));
  };
  refused(R"({"steps": [{"name": "self", "depends_on": ["self"]}]})", "'self' needs itself");
  refused(R"({"steps": [{"name": "after", "depends_on": ["one", "first"]}, {"name": "first"},
              {"name": "one", "depends_on": ["first", "two"]},
              {"name": "two", "inputs": {"x": {"path": "${{steps.one.outputs.x}}"}}}]})",
          "needs itself");
  CHECK_THROWS_WITH(step_graph_of(details), !Catch::Contains("'after'"));
  details.run.resolved_spec = R"({"steps": [{"name": "b", "depends_on": ["a"]}, {"name": "a"}]})";
  CHECK(step_graph_of(details).edges.size() == 1);
}

TEST_CASE("a record that was damaged is an error in words, whatever it holds") {
  for (const std::string& spec :
       {std::string(1000, '[') + std::string(1000, ']'), std::string("{\"name\":\"\xff\n"),
        std::string(R"({"name": 1})"), std::string(R"({"steps": [{"name": 2}]})")}) {
    const RunDetails details{.run = {.id = "abc", .resolved_spec = spec}};
    CHECK_THROWS_WITH(step_graph_of(details),
                      Catch::Contains("run abc") && Catch::Contains("damaged"));
  }
}

}  // namespace mlpipe
