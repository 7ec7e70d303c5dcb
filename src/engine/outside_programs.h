#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/step_environment.h"

namespace mlpipe {

/// bubblewrap, by which steps are isolated. Throws Error(system) that says what to install.
[[nodiscard]] std::filesystem::path isolating_program(const Variables& caller);

/// Try whether steps can be isolated on this machine by this user; `steps` are those that want to
/// be. Costs a process. Throws Error(system) that says what to do.
void check_isolation(const Variables& caller, const std::vector<std::string>& steps);

/// strace, by which `--trace-inputs` sees what a step reads. Throws Error(system) that says what to
/// install.
[[nodiscard]] std::filesystem::path tracing_program(const Variables& caller);

/// Try whether steps can be traced on this machine by this user. Costs a process. Throws
/// Error(system) that says what to do.
void check_tracing(const Variables& caller);

}  // namespace mlpipe
