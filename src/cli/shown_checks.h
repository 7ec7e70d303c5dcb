#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "engine/health.h"

namespace mlpipe {

/// Each check on lines of its own that begin with `indent`.
void print_checks(const HealthReport& report, std::string_view indent = "");
[[nodiscard]] nlohmann::json checks_json(const HealthReport& report);

}  // namespace mlpipe
