#pragma once

#include "cli/arguments.h"

namespace mlpipe {

/// `mlpipe why RUN [STEP]`: why the steps of an earlier run ran, or whose results they took.
[[nodiscard]] int why_of_run(const Arguments& arguments);

}  // namespace mlpipe
