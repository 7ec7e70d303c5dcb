#include "core/graph.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <variant>

#include "base/error.h"

namespace mlpipe {

Graph::Graph(const Pipeline& pipeline)
    : dependencies_(pipeline.steps.size()), dependents_(pipeline.steps.size()) {
  for (std::size_t i = 0; i < pipeline.steps.size(); ++i) {
    auto& needs = dependencies_[i];
    for (const auto& input : pipeline.steps[i].inputs)
      if (const auto* source = std::get_if<OutputSource>(&input.source))
        needs.push_back(source->step);
    const auto& after = pipeline.steps[i].depends_on;
    needs.insert(needs.end(), after.begin(), after.end());
    std::sort(needs.begin(), needs.end());
    needs.erase(std::unique(needs.begin(), needs.end()), needs.end());
    for (const auto need : needs) dependents_.at(need.index).push_back({i});
  }

  std::vector<std::size_t> missing(size());
  std::priority_queue<StepId, std::vector<StepId>, std::greater<>> ready;
  for (std::size_t i = 0; i < size(); ++i) {
    missing[i] = dependencies_[i].size();
    if (missing[i] == 0) ready.push({i});
  }
  order_.reserve(size());
  while (!ready.empty()) {
    const StepId step = ready.top();
    ready.pop();
    order_.push_back(step);
    for (const auto next : dependents_[step.index])
      if (--missing[next.index] == 0) ready.push(next);
  }
  if (order_.size() != size())
    fail(ErrorKind::internal, "a pipeline with a cycle was not refused when it was read");
}

namespace {

std::vector<bool> reachable(std::span<const StepId> from,
                            const std::vector<std::vector<StepId>>& edges) {
  std::vector<bool> seen(edges.size());
  std::vector<StepId> open(from.begin(), from.end());
  while (!open.empty()) {
    const StepId step = open.back();
    open.pop_back();
    if (seen.at(step.index)) continue;
    seen[step.index] = true;
    open.insert(open.end(), edges[step.index].begin(), edges[step.index].end());
  }
  return seen;
}

}  // namespace

std::vector<bool> Graph::needed_for(std::span<const StepId> goals) const {
  return reachable(goals, dependencies_);
}

std::vector<bool> Graph::below(std::span<const StepId> roots) const {
  return reachable(roots, dependents_);
}

}  // namespace mlpipe
