#pragma once

#include <nlohmann/json.hpp>

#include "cli/opened_registry.h"

namespace mlpipe {

/// One version as schemas/asset.schema.json has it; `with_definition`: with all that it consists
/// of.
[[nodiscard]] nlohmann::json asset_json(const AssetRecord& asset, OpenedRegistry& opened,
                                        bool with_definition);

/// Where its content lies, for people and scripts; empty if it has none.
[[nodiscard]] std::string asset_place(const AssetRecord& asset, const StateDirectory& state);

}  // namespace mlpipe
