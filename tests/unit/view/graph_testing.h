#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "view/step_graph.h"

namespace mlpipe {

using IndexPairs = std::vector<std::pair<std::size_t, std::size_t>>;

/// Steps s0, s1 … with edges that carry data.
inline StepGraph graph_with(std::size_t steps, const IndexPairs& edges) {
  StepGraph graph{.title = "test"};
  for (std::size_t i = 0; i < steps; ++i) graph.steps.push_back({.name = "s" + std::to_string(i)});
  for (const auto& [from, to] : edges)
    graph.edges.push_back({.from = from, .to = to, .data = {{.output = "out", .input = "in"}}});
  return graph;
}

/// Edges from earlier to later boxes, the same for the same seed everywhere.
inline IndexPairs random_edges(std::size_t boxes, std::size_t edges, std::size_t reach,
                               std::uint32_t seed) {
  std::set<std::pair<std::size_t, std::size_t>> chosen;
  const auto next = [&seed](std::size_t below) {
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 8U) % below;
  };
  for (std::size_t i = 0; i < edges; ++i) {
    const std::size_t to = 1 + next(boxes - 1);
    chosen.insert({to - 1 - next(std::min(reach, to)), to});
  }
  return {chosen.begin(), chosen.end()};
}

}  // namespace mlpipe
