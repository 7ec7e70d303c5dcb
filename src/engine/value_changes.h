#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mlpipe {

/// A value that differs between two documents, or is only in one of them.
struct ValueChange {
  std::string path;  ///< "steps.train.resources.cpus"
  std::optional<std::string> before;
  std::optional<std::string> now;
};

/// What differs between two JSON documents, leaf by leaf, in the order of the paths. Elements of an
/// array that have a "name" go by it. An object or array that is only in one of them is one change.
[[nodiscard]] std::vector<ValueChange> value_changes(const nlohmann::json& before,
                                                     const nlohmann::json& now);

}  // namespace mlpipe
