#pragma once

#include <vector>

#include "core/graph.h"
#include "engine/remembered_plan.h"
#include "engine/selection.h"
#include "engine/step_resolver.h"

namespace mlpipe {

/// What is known about a step before anything runs.
struct PlannedStep {
  enum class Decision {
    unselected,
    reuse,  ///< `resolution.hit` holds the result.
    run,
    depends,  ///< Something it needs runs; what that makes decides.
  };

  Decision decision = Decision::unselected;
  Resolution resolution;  ///< Empty for `depends` and `unselected`.
  std::string reason;     ///< Why, for people; empty for `unselected`.
  /// It was not resolved: all is as an earlier plan saw it. Of `resolution`, only what those need
  /// who take the result is there: fingerprint, key and outputs.
  bool is_remembered = false;
};

/// Whether planning changes anything.
enum class PlanUse {
  look,  ///< `mlpipe plan`: only looks.
  run,   ///< `mlpipe run`: the sources of every step that is not reused go into the store.
};

struct PlanOptions {
  PlanUse use = PlanUse::look;
  const RememberedPlan* before = nullptr;  ///< What of the last plan still holds, if that is known.
};

/// Resolve every step whose inputs are known, in one sweep in the graph's order, but for those of
/// which all is as in the plan before. Throws Error(usage) if a step that must be reused cannot be.
[[nodiscard]] std::vector<PlannedStep> plan_steps(const Pipeline& pipeline, const Graph& graph,
                                                  const std::vector<StepRule>& rules,
                                                  StepResolver& resolver, StepFactReader& facts,
                                                  const PlanOptions& options);

/// For each input of a step, what the step that makes it has made: null if it is not made by a
/// step. `outputs_of` gives a step's outputs.
template <class OutputsOf>
[[nodiscard]] std::vector<const OutputRecord*> upstream_outputs(const Step& step,
                                                                const OutputsOf& outputs_of) {
  std::vector<const OutputRecord*> upstream(step.inputs.size());
  for (std::size_t i = 0; i < step.inputs.size(); ++i)
    if (const auto* source = std::get_if<OutputSource>(&step.inputs[i].source))
      for (const auto& output : outputs_of(source->step))
        if (output.name == source->output) upstream[i] = &output;
  return upstream;
}

}  // namespace mlpipe
