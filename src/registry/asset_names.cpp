#include "registry/asset_names.h"

#include <algorithm>
#include <array>

namespace mlpipe {

const std::vector<std::string>& asset_types(AssetKind kind) {
  static const std::vector<std::string> none;
  static const std::vector<std::string> data = {"uri_folder", "uri_file", "mltable"};
  static const std::vector<std::string> models = {"custom_model", "mlflow_model", "triton_model"};
  if (kind == AssetKind::data) return data;
  return kind == AssetKind::model ? models : none;
}

AssetKind kind_of_type(std::string_view type) {
  const auto& models = asset_types(AssetKind::model);
  return std::find(models.begin(), models.end(), type) == models.end() ? AssetKind::data
                                                                       : AssetKind::model;
}

std::string_view asset_word(AssetKind kind) {
  return kind == AssetKind::data ? "data asset" : to_text(kind);
}

std::optional<AssetKind> parse_asset_kind(std::string_view text) {
  constexpr std::array kinds = {AssetKind::component, AssetKind::data, AssetKind::environment,
                                AssetKind::model};
  const auto* const found = std::find_if(kinds.begin(), kinds.end(),
                                         [text](AssetKind kind) { return to_text(kind) == text; });
  return found == kinds.end() ? std::nullopt : std::optional(*found);
}

}  // namespace mlpipe
