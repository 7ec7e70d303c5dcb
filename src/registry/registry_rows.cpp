// The part of the registry that speaks SQL.
#include <algorithm>

#include "registry/asset_row.h"
#include "registry/asset_versions.h"
#include "registry/registry.h"

namespace mlpipe {

namespace {

std::vector<AssetRecord> rows_of(Statement& query) {
  std::vector<AssetRecord> assets;
  while (query.step()) assets.push_back(read_asset(query));
  query.reset();
  return assets;
}

Statement& asset_statement(Database& database, std::string_view condition) {
  return database.cached(std::string(asset_query) + std::string(condition));
}

void bind_hash(Statement& statement, const std::optional<Hash>& hash) {
  if (hash)
    statement.bind_blob(hash->view());
  else
    statement.bind_null();
}

std::optional<AssetRecord> only_row(std::vector<AssetRecord> rows) {
  return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

}  // namespace

AssetRecord Registry::insert(AssetRecord asset) {
  if (asset.version.empty()) {
    std::vector<std::string> versions;
    for (const auto& each : versions_of(asset.kind, asset.name, true))
      versions.push_back(each.version);
    asset.version = next_version(versions);
  }
  if (asset.created == TimePoint{}) asset.created = now();
  auto& statement = history_.database().cached(
      "INSERT INTO assets(kind, name, version, type, display_name, description, tags, properties,"
      " created, creator, definition, path, content_hash, bytes, files, object, output, is_file,"
      " executable, file_name) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  statement.bind(to_text(asset.kind)).bind(asset.name).bind(asset.version).bind(asset.type);
  statement.bind(asset.display_name).bind(asset.description);
  statement.bind(encode_texts(asset.tags)).bind(encode_texts(asset.properties));
  statement.bind(to_micros(asset.created));
  if (asset.creator.value == 0)
    statement.bind_null();
  else
    statement.bind(asset.creator.value);
  statement.bind(asset.definition).bind(asset.path.native());
  bind_hash(statement, asset.content);
  statement.bind(static_cast<std::int64_t>(asset.bytes));
  statement.bind(static_cast<std::int64_t>(asset.files));
  const OutputRecord stored = asset.stored.value_or(OutputRecord{});
  bind_hash(statement, asset.stored ? std::optional(stored.object) : std::nullopt);
  statement.bind(stored.name).bind(std::int64_t{stored.is_file});
  statement.bind(std::int64_t{stored.executable}).bind_blob(stored.file_name).run();
  asset.key = {history_.database().last_insert_row()};
  std::vector<Hash> objects = asset.sources;
  if (asset.stored) objects.push_back(stored.object);
  for (const auto& object : objects)
    history_.database()
        .cached("INSERT OR IGNORE INTO asset_objects VALUES (?,?)")
        .bind(asset.key.value)
        .bind_blob(object.view())
        .run();
  return asset;
}

void Registry::set_label(const AssetRecord& asset, const std::string& label) {
  history_.database()
      .cached("INSERT OR REPLACE INTO asset_labels VALUES (?,?,?,?)")
      .bind(to_text(asset.kind))
      .bind(asset.name)
      .bind(label)
      .bind(asset.key.value)
      .run();
}

std::optional<AssetRecord> Registry::version(AssetKind kind, std::string_view name,
                                             std::string_view version) {
  auto& query =
      asset_statement(history_.database(), "WHERE kind = ? AND name = ? AND assets.version = ?");
  return only_row(rows_of(query.bind(to_text(kind)).bind(name).bind(version)));
}

std::optional<AssetRecord> Registry::labelled(AssetKind kind, std::string_view name,
                                              std::string_view label) {
  if (label == "latest") return only_row(versions_of(kind, name, false));
  auto& query = asset_statement(
      history_.database(),
      "WHERE assets.key = (SELECT asset FROM asset_labels WHERE kind = ? AND name = ?"
      " AND label = ?)");
  return only_row(rows_of(query.bind(to_text(kind)).bind(name).bind(label)));
}

std::vector<AssetRecord> Registry::versions_of(AssetKind kind, std::string_view name,
                                               bool with_archived) {
  // By the order in which they came, whatever the clock said then.
  auto& query = asset_statement(
      history_.database(),
      "WHERE kind = ? AND name = ? AND (archived = 0 OR ?) ORDER BY assets.key DESC");
  return rows_of(query.bind(to_text(kind)).bind(name).bind(std::int64_t{with_archived}));
}

std::vector<AssetRecord> Registry::newest_of_each(AssetKind kind, bool with_archived) {
  auto& query = asset_statement(
      history_.database(),
      "WHERE assets.key IN (SELECT max(key) FROM assets WHERE kind = ? AND (archived = 0 OR ?)"
      " GROUP BY name) ORDER BY name");
  return rows_of(query.bind(to_text(kind)).bind(std::int64_t{with_archived}));
}

std::vector<std::string> Registry::names(AssetKind kind) {
  auto& query =
      history_.database().cached("SELECT DISTINCT name FROM assets WHERE kind = ? ORDER BY name");
  query.bind(to_text(kind));
  std::vector<std::string> names;
  while (query.step()) names.push_back(query.text(0));
  query.reset();
  return names;
}

std::vector<std::string> Registry::labels_of(const AssetRecord& asset) {
  auto& query = history_.database().cached("SELECT label FROM asset_labels WHERE asset = ?");
  query.bind(asset.key.value);
  std::vector<std::string> labels;
  while (query.step()) labels.push_back(query.text(0));
  query.reset();
  const auto newest = labelled(asset.kind, asset.name, "latest");
  if (newest && newest->key == asset.key) labels.emplace_back("latest");
  std::sort(labels.begin(), labels.end());
  return labels;
}

}  // namespace mlpipe
