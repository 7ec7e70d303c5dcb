#pragma once

#include <span>
#include <vector>

#include "base/look_recorder.h"
#include "base/worker_pool.h"

namespace mlpipe {

/// Whether all that was seen still is. False too where a path cannot be accessed. `looks` are
/// sorted by path: those that have much of their way in common are quicker looked at.
[[nodiscard]] bool still_hold(std::span<const Look> looks);
/// The same, looked at on all threads.
[[nodiscard]] bool still_hold(std::span<const Look> looks, WorkerPool& pool);

/// Of each, whether what was seen still is (1) or not (0), looked at on all threads.
[[nodiscard]] std::vector<char> which_hold(std::span<const Look> looks, WorkerPool& pool);

}  // namespace mlpipe
