#pragma once

#include <string>

#include "engine/state_directory.h"
#include "history/history.h"
#include "history/live_runs.h"

namespace mlpipe {

/// Runs whose driver died say so from now on; their steps that were not final too. What still runs
/// of steps that nobody watches any more is ended.
void close_dead_runs(History& history, const LiveRuns& live_runs);

/// A run ends because the machine said no, most likely for want of space. The directories of its
/// unfinished steps go, which may make room enough to record that; if not, the next run does. For
/// the run's own driver, when nothing of it runs any more. Does not throw.
void record_abort(RunKey run, const std::string& why, const StateDirectory& state,
                  History& history);

}  // namespace mlpipe
