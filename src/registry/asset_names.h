#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/asset.h"

namespace mlpipe {

/// What is_asset_word() takes, for messages.
inline constexpr std::string_view asset_name_rule =
    "letters, digits, '_', '.' and '-', the first a letter or digit, at most 255";

/// The types that a kind may have, the default first. None: the kind has no types of its own here.
[[nodiscard]] const std::vector<std::string>& asset_types(AssetKind kind);
/// The kind that an output of this type is registered as.
[[nodiscard]] AssetKind kind_of_type(std::string_view type);

/// "component", "data asset", "environment", "model": for messages.
[[nodiscard]] std::string_view asset_word(AssetKind kind);

/// The inverse of to_text().
[[nodiscard]] std::optional<AssetKind> parse_asset_kind(std::string_view text);

}  // namespace mlpipe
