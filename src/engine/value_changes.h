#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
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

/// Whether two texts differ just by some of `values`: read side by side, every place holds the same
/// character in both, or a value's `before` in the first and its `now` in the second. Not every
/// place with an old value must have the new one: a text may hold an equal one of its own.
[[nodiscard]] bool differ_just_by(std::string_view before, std::string_view now,
                                  const std::vector<ValueChange>& values);

/// What differs between two resolved pipelines, without their parameters and what follows from
/// those in commands, arguments and inputs of steps.
[[nodiscard]] std::vector<ValueChange> spec_changes(const nlohmann::json& before,
                                                    const nlohmann::json& now);

/// The `parameters` that differ between two resolved pipelines.
[[nodiscard]] std::vector<ValueChange> parameter_changes(const nlohmann::json& before,
                                                         const nlohmann::json& now);

}  // namespace mlpipe
