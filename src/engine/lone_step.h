#pragma once

#include <string>
#include <vector>

#include "engine/prepare_step.h"
#include "engine/run_world.h"
#include "engine/selection.h"

namespace mlpipe {

/// One step of a pipeline by itself, resolved with what is in the store, its sources copied there.
struct LoneStep {
  StepId id;
  Resolution resolution;
  std::string reason;  ///< Why a run would execute it, or that it would reuse a result.
  std::vector<std::string> notices;  ///< What people should know of other machines.
};

/// What a step by itself is wanted for.
enum class LoneUse {
  as_in_a_run,
  comparison,  ///< Its stored result counts, also where a run was to make it anew.
};

/// `selection` names the step in `only`. Throws Error(usage) if what it needs is not reusable.
[[nodiscard]] LoneStep resolve_lone_step(RunWorld& world, const Selection& selection, LoneUse use);

/// What describe_execution() says of it.
[[nodiscard]] StepExecution describe_lone_step(RunWorld& world, const LoneStep& step);

/// Make its directory, and say what is to be run there. Throws Error(system), for inputs and
/// sources that were lost or changed meanwhile too.
[[nodiscard]] Job prepare_lone_step(const StepExecution& execution, ObjectStore& store);

}  // namespace mlpipe
