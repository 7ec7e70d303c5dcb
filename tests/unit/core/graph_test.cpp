#include "core/graph.h"

#include <string>
#include <vector>

#include "base/error.h"
#include "support/catch.h"

namespace mlpipe {
namespace {

/// Steps named by their position; `after[i]` are the steps that step i names under depends_on.
Pipeline ordered(const std::vector<std::vector<std::size_t>>& after) {
  Pipeline pipeline;
  for (std::size_t i = 0; i < after.size(); ++i) {
    Step step{.name = std::to_string(i)};
    for (const auto need : after[i]) step.depends_on.push_back({need});
    pipeline.steps.push_back(std::move(step));
  }
  return pipeline;
}

std::vector<std::size_t> indices(std::span<const StepId> steps) {
  std::vector<std::size_t> result;
  for (const auto step : steps) result.push_back(step.index);
  return result;
}

using Indices = std::vector<std::size_t>;

DataInput made_by(std::size_t step) {
  return {.name = "x" + std::to_string(step), .source = OutputSource{{step}, "out"}};
}

}  // namespace

TEST_CASE("a step comes after everything it needs, ties in the order written") {
  // 0 and 1 need 3; 2 is free; 4 needs 0 and 2.
  const Graph graph(ordered({{3}, {3}, {}, {}, {0, 2}}));
  CHECK(indices(graph.order()) == Indices{2, 3, 0, 1, 4});
}

TEST_CASE("steps without edges keep the order written") {
  CHECK(indices(Graph(ordered({{}, {}, {}})).order()) == Indices{0, 1, 2});
  CHECK(Graph(ordered({})).order().empty());
}

TEST_CASE("data and depends_on make one edge, not two") {
  Pipeline pipeline = ordered({{}, {0}});
  pipeline.steps[1].inputs = {made_by(0), made_by(0)};
  const Graph graph(pipeline);
  CHECK(indices(graph.dependencies({1})) == Indices{0});
  CHECK(indices(graph.dependents({0})) == Indices{1});
  CHECK(graph.dependencies({0}).empty());
  CHECK(graph.dependents({1}).empty());
}

TEST_CASE("an input from outside makes no edge") {
  Pipeline pipeline = ordered({{}, {}});
  pipeline.steps[1].inputs = {{.name = "raw", .source = PathSource{"/data/raw", "raw"}}};
  CHECK(Graph(pipeline).dependencies({1}).empty());
}

TEST_CASE("needed_for goes up and below goes down, the named steps included") {
  //   0 -> 1 -> 3
  //   0 -> 2 -> 3    4 alone
  const Graph graph(ordered({{}, {0}, {0}, {1, 2}, {}}));
  const std::vector<StepId> one = {{1}};
  const std::vector<StepId> two = {{2}, {4}};
  CHECK(graph.needed_for(one) == std::vector<bool>{true, true, false, false, false});
  CHECK(graph.below(one) == std::vector<bool>{false, true, false, true, false});
  CHECK(graph.needed_for(two) == std::vector<bool>{true, false, true, false, true});
  CHECK(graph.below({}) == std::vector<bool>(5, false));
}

TEST_CASE("a cycle is refused, also a step that needs itself") {
  CHECK_THROWS_AS(Graph(ordered({{2}, {0}, {1}})), Error);
  CHECK_THROWS_AS(Graph(ordered({{}, {1}})), Error);
}

TEST_CASE("a chain of 100 000 steps needs no recursion, written forwards or backwards") {
  constexpr std::size_t length = 100'000;
  const bool backwards = GENERATE(false, true);
  std::vector<std::vector<std::size_t>> after(length);
  for (std::size_t i = 1; i < length; ++i)
    backwards ? after[i - 1].push_back(i) : after[i].push_back(i - 1);
  const Graph graph(ordered(after));
  const StepId first{backwards ? length - 1 : 0};
  const StepId last{backwards ? 0 : length - 1};
  CHECK(graph.order().front() == first);
  CHECK(graph.order().back() == last);
  CHECK(graph.below(std::vector{first}) == std::vector<bool>(length, true));
  CHECK(graph.needed_for(std::vector{last}) == std::vector<bool>(length, true));
}

}  // namespace mlpipe
