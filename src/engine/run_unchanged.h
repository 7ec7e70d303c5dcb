#pragma once

#include <memory>
#include <optional>

#include "base/hash.h"
#include "engine/git_record.h"
#include "engine/run_request.h"
#include "engine/run_result.h"

namespace mlpipe {

/// Run what was asked for under this key (engine/request_key.h) if that would reuse every step,
/// as it did the last time: without reading the pipeline or looking results up. Nothing if that is
/// not so, or not known; nothing has been recorded or told then, but git may have been asked
/// already: `git`, for the run that is planned.
[[nodiscard]] std::optional<RunResult> run_unchanged(const RunRequest& request, const Hash& key,
                                                     Reporter& reporter,
                                                     std::unique_ptr<GitInBackground>& git);

}  // namespace mlpipe
