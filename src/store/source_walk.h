#pragma once

#include "base/worker_pool.h"
#include "store/source_folder.h"
#include "store/walk.h"

namespace mlpipe {

/// Walk what a step sees of its sources: each root of the source with the ignore rules that hold
/// where it really is. Throws as walk_roots() does, Error(invalid_file) too for an `include` that
/// is not there.
[[nodiscard]] Walk walk_source(const SourceFolder& source, WorkerPool& pool);

}  // namespace mlpipe
