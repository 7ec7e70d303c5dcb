#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/workspace.h"

namespace mlpipe {

/// One setting of a compute target, as mlpipe.yaml calls it.
struct ComputeSetting {
  std::string key;
  nlohmann::json value;  ///< Null where another program, or the machine, decides.
  std::string text;      ///< For people.
  bool is_default = false;
};

/// All that a target of its type can have, defaults filled in. Nothing is asked of its machine.
[[nodiscard]] std::vector<ComputeSetting> compute_settings(const ComputeTargetConfig& target);

/// Where a target is written: file, line, column; null for one that is always there.
[[nodiscard]] nlohmann::json location_json(const SpecLocation& location);

}  // namespace mlpipe
