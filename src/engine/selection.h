#pragma once

#include <string>
#include <vector>

#include "core/graph.h"
#include "engine/step_resolver.h"

namespace mlpipe {

/// Which part of a pipeline a run is about (`--from`, `--only`, `--until`), as names of steps.
struct Selection {
  std::vector<std::string> from;   ///< These and what is below them run anew.
  std::vector<std::string> only;   ///< These alone; everything above must be reusable.
  std::vector<std::string> until;  ///< These and what they need.
  bool regenerate_outputs = false;
};

/// What the selection means for one step.
struct StepRule {
  bool selected = true;
  bool must_be_reused = false;  ///< Above an `--only` step.
  Lookup lookup = Lookup::allowed;
  std::string why_anew;  ///< For Lookup::regenerate: what asked for it, for people.
};

/// The steps of these names. Throws Error(usage) for an unknown one, with the nearest.
[[nodiscard]] std::vector<StepId> steps_named(const Pipeline& pipeline,
                                              const std::vector<std::string>& names);

/// One rule per step. Throws Error(usage) for an unknown name, with the nearest one.
[[nodiscard]] std::vector<StepRule> rules_for(const Pipeline& pipeline, const Graph& graph,
                                              const Selection& selection);

/// A file may hold steps that mlpipe does not run, as long as they are not asked for. Throws
/// Error(invalid_file) with every selected one.
void check_runnable(const Pipeline& pipeline, const std::vector<StepRule>& rules);

}  // namespace mlpipe
