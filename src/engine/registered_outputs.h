#pragma once

#include <string>
#include <vector>

#include "core/pipeline.h"
#include "core/run.h"
#include "engine/plan.h"
#include "engine/reporter.h"
#include "registry/registry.h"

namespace mlpipe {

/// What came of registering a step's outputs.
struct OutputRegistration {
  std::vector<std::string> notes;  ///< What was registered, and what could not be.
  bool failed = false;
};

/// Register the outputs of a completed step that have an `asset`, as data or, by their type,
/// as models. A given version that exists with the same content is fine, with another one a
/// failure; an automatic version is made only if the content differs from the newest one's. Part of
/// the history's open batch, so that a result and what it is called are recorded together.
/// `creator`: the step's row.
[[nodiscard]] OutputRegistration register_outputs(const Step& step,
                                                  const std::vector<OutputRecord>& outputs,
                                                  StepRunKey creator, Registry& registry);

/// The same for a run that reused every step and is recorded. False if an output could not be
/// registered; what is to be said is told to the reporter.
[[nodiscard]] bool register_reused_outputs(const Pipeline& pipeline,
                                           const std::vector<PlannedStep>& plan, RunKey run,
                                           History& history, Reporter& reporter);

}  // namespace mlpipe
