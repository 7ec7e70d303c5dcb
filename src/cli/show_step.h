#pragma once

#include <nlohmann/json.hpp>

#include "cli/opened_history.h"
#include "view/run_details.h"

namespace mlpipe {

/// `mlpipe show RUN STEP`: everything about one step.
void print_step_in_full(const RunRecord& run, const StepDetails& details, OpenedHistory& opened);

/// The manifest for --json: what decided the step's result.
[[nodiscard]] nlohmann::json manifest_json(const StepRunRecord& step);

}  // namespace mlpipe
