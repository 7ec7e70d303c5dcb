#pragma once

#include <string>

#include "base/work_time.h"
#include "engine/run_result.h"

namespace mlpipe {

/// Where the time of a run went.
struct MeasuredRun {
  Duration start{};  ///< Of the processor, until the run was begun.
  RunStats stats;
  Duration closing{};  ///< After the run's end was recorded: caches, and the database's log.
  WorkTimes work;
};

/// What `run --stats` prints: the parts of the run, and what mlpipe's threads did meanwhile.
[[nodiscard]] std::string stats_text(const MeasuredRun& run);

}  // namespace mlpipe
