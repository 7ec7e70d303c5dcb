#pragma once

#include <vector>

#include "core/workspace.h"
#include "engine/reporter.h"
#include "engine/state_directory.h"
#include "history/history.h"
#include "history/live_runs.h"

namespace mlpipe {

/// Remove what earlier runs left: private directories of failed steps but for the newest and those
/// that `run` was asked to keep (`kept`), and what a killed driver was putting together.
void remove_leftovers(const StateDirectory& state, History& history, const LiveRuns& live_runs,
                      RunKey run, const std::vector<KeptDirectory>& kept);

/// Start what steps of the run promised, what waits since its worker was killed, and who sends
/// notifications. The run has ended, and what cannot be started now is by whoever comes next.
void start_what_waits(const Workspace& workspace, const StateDirectory& state, History& history);

}  // namespace mlpipe
