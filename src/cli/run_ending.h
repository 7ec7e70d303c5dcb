#pragma once

#include <string>

#include "cli/terminal.h"
#include "engine/reporter.h"

namespace mlpipe {

/// The last line of a run: "Completed in 3 s: 2 ran, 1 reused (run k3f…)".
[[nodiscard]] std::string ending_line(const RunSummary& summary, const Terminal& terminal);

/// All about a failed step: its message, the end of its log, and what to do. `this_command` is what
/// to type to go on with it.
[[nodiscard]] std::string failure_text(const FailedStep& failure, const std::string& this_command);

/// Steps that may still run on other machines, and what becomes of them; "" if there are none.
[[nodiscard]] std::string left_running_lines(const RunSummary& summary);

}  // namespace mlpipe
