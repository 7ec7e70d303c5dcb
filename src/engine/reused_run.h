#pragma once

#include <vector>

#include "engine/plan.h"
#include "engine/reporter.h"
#include "history/history.h"
#include "history/live_runs.h"

namespace mlpipe {

/// Whether every selected step of a plan takes an earlier result: then nothing has to be started.
[[nodiscard]] bool is_all_reused(const std::vector<PlannedStep>& plan);

/// Record such a run, from its beginning to its end, in one transaction that also checks that every
/// result is still offered (so it cannot be collected in between). False, with nothing written, if
/// one is not: plan again. Sets the run's id and key.
[[nodiscard]] bool record_reused_run(RunRecord& run, const Pipeline& pipeline,
                                     const std::vector<PlannedStep>& plan, History& history,
                                     LiveRuns& live_runs, Reporter& reporter);

}  // namespace mlpipe
