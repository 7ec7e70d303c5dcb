// mlpipe component|data|environment|model list and show.
#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "cli/asset_json.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/table.h"
#include "core/frozen_spec.h"
#include "registry/asset_names.h"

namespace mlpipe {

namespace {

using nlohmann::json;

std::string joined_texts(const std::map<std::string, std::string>& texts) {
  std::string joined;
  for (const auto& [name, value] : texts)
    joined +=
        fmt::format("{}{}{}", joined.empty() ? "" : ", ", name, value.empty() ? "" : "=" + value);
  return joined;
}

std::string size_of_asset(const AssetRecord& asset) {
  return asset.files == 0 ? "" : size_text(asset.bytes);
}

std::vector<AssetRecord> listed_assets(OpenedRegistry& opened, AssetKind kind,
                                       const Arguments& arguments) {
  if (arguments.asset.empty() && arguments.asset_name.empty())
    return opened.registry.newest_of_each(kind, arguments.with_archived);
  const auto name = reference_of(kind, arguments).name;
  auto versions = opened.registry.versions_of(kind, name, arguments.with_archived);
  // Says that there is no such name, or that all are archived.
  if (versions.empty()) versions = {opened.registry.get(kind, {.name = name})};
  return versions;
}

void print_assets(const std::vector<AssetRecord>& assets, OpenedRegistry& opened) {
  Table table({{"name", Table::Align::left, true},
               {"version"},
               {"labels"},
               {"type"},
               {"created"},
               {"size", Table::Align::right},
               {"run"},
               {"tags", Table::Align::left, true},
               {"description", Table::Align::left, true}});
  for (const auto& asset : assets) {
    auto labels = opened.registry.labels_of(asset);
    if (asset.is_archived()) labels.emplace_back("archived");
    const auto description = split(asset.description, '\n').front();
    table.add({{asset.name},
               {asset.version},
               {fmt::format("{}", fmt::join(labels, ", "))},
               {printable(asset.type)},
               {local_time_text(asset.created)},
               {size_of_asset(asset)},
               {asset.run_id},
               {printable(joined_texts(asset.tags))},
               {printable(description)}});
  }
  fmt::print("{}", table.text(Terminal(1)));
}

void print_component(const AssetRecord& asset) {
  const auto spec = decode_frozen_spec(asset.definition);
  if (!spec) return;
  for (const auto& [key, object] : spec->sources)
    fmt::print("sources      {} (as they were; object {})\n", printable(key.directory.native()),
               object.hex());
  const auto text = spec->texts.find(spec->file);
  if (text == spec->texts.end()) return;
  fmt::print("\n");
  for (const auto line : split(text->second, '\n')) fmt::print("{}\n", printable(line));
}

void print_environment(const AssetRecord& asset) {
  const auto definition = parse_json_object(asset.definition);
  for (const auto& [key, value] : definition.items())
    if (key != "conda_file")
      fmt::print("{:<12} {}\n", key, printable(text_in(definition, key.c_str())));
  const auto conda = text_in(definition, "conda_file");
  if (conda.empty()) return;
  fmt::print("conda_file\n");
  for (const auto line : split(conda, '\n')) fmt::print("  {}\n", printable(line));
}

void print_asset(const AssetRecord& asset, OpenedRegistry& opened) {
  const auto row = [](const char* name, const std::string& value) {
    if (!value.empty()) fmt::print("{:<12} {}\n", name, printable(value));
  };
  fmt::print(
      "{} '{}'{}\n", asset_word(asset.kind), asset.id(),
      asset.is_archived() ? fmt::format(" (archived {})", local_time_text(asset.archived)) : "");
  const auto labels = opened.registry.labels_of(asset);
  row("labels", fmt::format("{}", fmt::join(labels, ", ")));
  row("name", asset.display_name);
  row("type", asset.type);
  row("description", asset.description);
  row("tags", joined_texts(asset.tags));
  row("properties", joined_texts(asset.properties));
  row("created", local_time_text(asset.created));
  if (!asset.run_id.empty())
    row("made by", fmt::format("step {} of run {}", asset.step, asset.run_id));
  row("path", asset_place(asset, opened.state));
  if (asset.stored) row("from", asset.path.string());
  if (asset.files > 0)
    row("size", fmt::format("{}, {}", counted(asset.files, "file"), size_text(asset.bytes)));
  if (asset.content) row("content", asset.content->hex());
  if (asset.kind == AssetKind::component) print_component(asset);
  if (asset.kind == AssetKind::environment) print_environment(asset);
}

}  // namespace

int list_assets_command(AssetKind kind, const Arguments& arguments) {
  std::optional<OpenedRegistry> opened;
  open_registry(opened, arguments, Database::Mode::read_only);
  const auto assets = opened ? listed_assets(*opened, kind, arguments) : std::vector<AssetRecord>();
  if (arguments.json) {
    json list = json::array();
    for (const auto& asset : assets) list.push_back(asset_json(asset, *opened, false));
    fmt::print("{}\n", json_document({{"kind", to_text(kind)}, {"assets", list}}));
  } else if (assets.empty()) {
    fmt::print("no {} is registered\n", asset_word(kind));
  } else {
    print_assets(assets, *opened);
  }
  return 0;
}

int show_asset_command(AssetKind kind, const Arguments& arguments) {
  std::optional<OpenedRegistry> opened;
  open_registry_of(opened, kind, arguments, Database::Mode::read_only);
  const auto asset = opened->registry.get(kind, reference_of(kind, arguments));
  if (arguments.json)
    fmt::print("{}\n", json_document(asset_json(asset, *opened, true)));
  else
    print_asset(asset, *opened);
  return 0;
}

}  // namespace mlpipe
