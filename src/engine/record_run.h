#pragma once

#include <vector>

#include "engine/plan.h"
#include "engine/run_request.h"
#include "engine/run_world.h"

namespace mlpipe {

/// What of a run's row hangs on who asks for it, where and when; the tags are those of the request.
[[nodiscard]] RunRecord new_run(const RunRequest& request);

/// The row of a run that begins now, still without id and key. `known_spec`: of the pipeline's
/// resolved spec, which is recorded already.
[[nodiscard]] RunRecord new_run(const Pipeline& pipeline, const RunRequest& request,
                                const std::optional<Hash>& known_spec = std::nullopt);

/// What the pipeline was asked for, without the sources of its steps.
[[nodiscard]] RunToRepeat what_is_asked(const OpenedPipeline& opened, const RunRequest& request);

/// Put all that it takes to repeat the run (engine/run_to_repeat.h) into the history and into
/// `run`, once the plan has looked at the sources.
void keep_for_repetition(RunWorld& world, const RunRequest& request,
                         const std::vector<PlannedStep>& plan, RunRecord& run);

}  // namespace mlpipe
