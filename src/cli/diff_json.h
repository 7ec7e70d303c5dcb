#pragma once

#include <nlohmann/json.hpp>

#include "engine/run_diff.h"

namespace mlpipe {

/// `mlpipe diff --json` without the two runs.
[[nodiscard]] nlohmann::json diff_json(const RunDiff& diff);

}  // namespace mlpipe
