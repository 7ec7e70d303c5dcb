#pragma once

#include <compare>
#include <span>
#include <string>
#include <string_view>

namespace mlpipe {

/// Whether `text` is a version as semver.org has it: "1.4.0", "2.0.0-rc.1". (Not with '+', which no
/// name or version may hold here.)
[[nodiscard]] bool is_semantic_version(std::string_view text);

/// Precedence of two semantic versions: a prerelease comes before its release.
[[nodiscard]] std::strong_ordering compare_semantic(std::string_view a, std::string_view b);

/// The version after the given ones: one more than the highest that is a whole number; "1" if none
/// is.
[[nodiscard]] std::string next_version(std::span<const std::string> versions);

}  // namespace mlpipe
