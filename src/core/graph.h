#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/pipeline.h"

namespace mlpipe {

/// The order between the steps of one Pipeline: which step needs which.
///
/// Built once, never changed. An edge exists where a step reads what another makes, or names it
/// under `depends_on`. O(steps + edges).
class Graph {
 public:
  /// Throws Error(internal) on a cycle: the reader reports cycles of files before.
  explicit Graph(const Pipeline& pipeline);

  [[nodiscard]] std::size_t size() const { return dependencies_.size(); }
  /// What a step needs, without repetition, in step order.
  [[nodiscard]] std::span<const StepId> dependencies(StepId step) const {
    return dependencies_.at(step.index);
  }
  /// What needs a step.
  [[nodiscard]] std::span<const StepId> dependents(StepId step) const {
    return dependents_.at(step.index);
  }

  /// Every step, each after the steps it needs; ties in the order written.
  [[nodiscard]] std::span<const StepId> order() const { return order_; }

  /// For each step: whether it is one of `goals` or something they need.
  [[nodiscard]] std::vector<bool> needed_for(std::span<const StepId> goals) const;
  /// For each step: whether it is one of `roots` or needs one of them.
  [[nodiscard]] std::vector<bool> below(std::span<const StepId> roots) const;

 private:
  std::vector<std::vector<StepId>> dependencies_;
  std::vector<std::vector<StepId>> dependents_;
  std::vector<StepId> order_;
};

}  // namespace mlpipe
