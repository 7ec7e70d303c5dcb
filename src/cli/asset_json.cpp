#include "cli/asset_json.h"

#include "base/json.h"
#include "cli/json_text.h"
#include "core/frozen_spec.h"
#include "engine/run_outputs.h"

namespace mlpipe {

namespace {

using nlohmann::json;

json text_or_null(const std::string& text) { return text.empty() ? json() : json(text); }

json definition_json(const AssetRecord& asset) {
  if (asset.kind == AssetKind::component || asset.kind == AssetKind::environment)
    return parse_json_or_null(asset.definition);
  return {};
}

}  // namespace

std::string asset_place(const AssetRecord& asset, const StateDirectory& state) {
  if (!asset.stored) return asset.path.string();
  return place_of(ObjectStore(state.objects(), state.scratch()), *asset.stored).string();
}

json asset_json(const AssetRecord& asset, OpenedRegistry& opened, bool with_definition) {
  json value = {
      {"kind", to_text(asset.kind)},
      {"name", asset.name},
      {"version", asset.version},
      {"type", text_or_null(asset.type)},
      {"display_name", text_or_null(asset.display_name)},
      {"description", asset.description},
      {"tags", asset.tags},
      {"properties", asset.properties},
      {"labels", opened.registry.labels_of(asset)},
      {"created", json_time(asset.created)},
      {"archived", json_time(asset.archived)},
      {"run_id", text_or_null(asset.run_id)},
      {"step", text_or_null(asset.step)},
      {"output", asset.stored ? text_or_null(asset.stored->name) : json()},
      {"registered_from", text_or_null(asset.path.string())},
      {"path", text_or_null(asset_place(asset, opened.state))},
      {"content_hash", asset.content ? json(asset.content->hex()) : json()},
      {"object", asset.stored ? json(asset.stored->object.hex()) : json()},
      {"files", asset.files},
      {"bytes", asset.bytes},
  };
  if (with_definition) value["definition"] = definition_json(asset);
  return value;
}

}  // namespace mlpipe
