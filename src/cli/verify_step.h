#pragma once

#include "cli/arguments.h"

namespace mlpipe {

/// `mlpipe verify` of a step: SPEC STEP, or STEP alone, of the newest run that has it.
[[nodiscard]] int verify_step(const Arguments& arguments);

}  // namespace mlpipe
