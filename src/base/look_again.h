#pragma once

#include <span>

#include "base/look_recorder.h"
#include "base/worker_pool.h"

namespace mlpipe {

/// Whether all that was seen still is. False too where a path cannot be accessed. `looks` are
/// sorted by path: those that have much of their way in common are quicker looked at.
[[nodiscard]] bool still_hold(std::span<const Look> looks);
/// The same, looked at on all threads.
[[nodiscard]] bool still_hold(std::span<const Look> looks, WorkerPool& pool);

}  // namespace mlpipe
