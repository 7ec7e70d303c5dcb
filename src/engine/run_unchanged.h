#pragma once

#include <optional>

#include "base/hash.h"
#include "engine/run_request.h"
#include "engine/run_result.h"

namespace mlpipe {

/// Run what was asked for under this key (engine/unchanged_run.h) if that would reuse every step,
/// as it did the last time: without reading the pipeline or looking results up. Nothing if that is
/// not so, or not known; nothing has been recorded or told then.
[[nodiscard]] std::optional<RunResult> run_unchanged(const RunRequest& request, const Hash& key,
                                                     Reporter& reporter);

}  // namespace mlpipe
