#pragma once

#include "engine/reporter.h"
#include "engine/run_request.h"
#include "engine/run_result.h"

namespace mlpipe {

/// One run from the file to the record. Cancelled while inputs are fetched, there is no run, just
/// the signal. Throws Error before anything is recorded if the file is
/// wrong or the workspace cannot be used.
[[nodiscard]] RunResult run_pipeline(const RunRequest& request, Reporter& reporter);

}  // namespace mlpipe
