#pragma once

#include "engine/reporter.h"
#include "engine/run_request.h"

namespace mlpipe {

/// How long the parts of a run took, for `--stats`.
struct RunStats {
  Duration reading{};
  Duration fetching{};  ///< Inputs, before the run.
  Duration planning{};
  Duration executing{};
  Duration git{};  ///< What was waited for at the end; the asking itself goes on beside the rest.
};

struct RunResult {
  RunSummary summary;
  int signal = 0;  ///< What cancelled it, or 0.
  RunStats stats;
};

/// One run from the file to the record. Cancelled while inputs are fetched, there is no run, just
/// the signal. Throws Error before anything is recorded if the file is
/// wrong or the workspace cannot be used.
[[nodiscard]] RunResult run_pipeline(const RunRequest& request, Reporter& reporter);

}  // namespace mlpipe
