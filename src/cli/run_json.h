#pragma once

#include <nlohmann/json.hpp>

#include "engine/state_directory.h"
#include "view/run_details.h"

namespace mlpipe {

/// A run without its steps, as every command's --json shows it.
[[nodiscard]] nlohmann::json run_json(const RunRecord& run);

/// A step of a run with its outputs, metrics and attempts; log files as absolute paths.
[[nodiscard]] nlohmann::json step_json(const StepDetails& details, const StateDirectory& state);

}  // namespace mlpipe
