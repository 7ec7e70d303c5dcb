#pragma once

#include "cli/arguments.h"

namespace mlpipe {

/// `run SPEC --only STEP --shell`: a shell on this terminal in which the step could start. Nothing
/// is recorded; gives 0 however the shell ended. Throws Error(usage) for options that make no sense
/// with it.
[[nodiscard]] int open_step_shell(const Arguments& arguments);

}  // namespace mlpipe
