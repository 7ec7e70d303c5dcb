#pragma once

#include "engine/reporter.h"

namespace mlpipe {

/// How long the parts of a run took, for `--stats` and `--trace`, one after the other.
struct RunStats {
  Duration comparing{};  ///< With the last run: whether all is as it was then.
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

}  // namespace mlpipe
