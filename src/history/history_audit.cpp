// What `mlpipe verify` and `mlpipe doctor` ask of the history: whether it fits together, and which
// objects it knows.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "core/manifest.h"
#include "history/history.h"
#include "history/history_health.h"

namespace mlpipe {

namespace {

/// What a result's rows should be by its manifest; "" if they are.
std::string unsound_reason(const Hash& recorded, std::string_view encoded,
                           const std::set<std::string>& outputs) {
  const auto manifest = decode_manifest(encoded);
  if (!manifest) return "its manifest cannot be read";
  if (fingerprint(encoded) != recorded) return "its manifest is of other work";
  std::set<std::string> declared;
  for (const auto& part : *manifest)
    if (part.kind == PartKind::output) declared.insert(part.name);
  for (const auto& name : declared)
    if (!outputs.contains(name)) return fmt::format("its output '{}' is not recorded", name);
  for (const auto& name : outputs)
    if (!declared.contains(name) && name != artifacts_output && name != logs_output)
      return fmt::format("it has an output '{}' that was not declared", printable(name));
  return {};
}

/// The snapshot of the sources that a manifest names.
std::optional<Hash> source_of(std::string_view encoded) {
  const auto manifest = decode_manifest(encoded);
  if (!manifest) return std::nullopt;
  for (const auto& part : *manifest)
    if (part.kind == PartKind::source) return content_hash_of(part);
  return std::nullopt;
}

}  // namespace

std::vector<std::string> History::integrity_problems() { return database_problems(database_); }

std::vector<UnsoundResult> History::unsound_results() {
  std::vector<UnsoundResult> unsound;
  auto& query = database_.cached(
      "SELECT results.key, fingerprint, manifest, producer FROM results WHERE offered IN (1, 2)"
      " ORDER BY key");
  while (query.step()) {
    const ResultKey key{query.integer(0)};
    std::set<std::string> outputs;
    auto& names = database_.cached("SELECT name FROM outputs WHERE result = ?").bind(key.value);
    while (names.step()) outputs.insert(names.text(0));
    names.reset();
    auto why =
        unsound_reason(hash_from_bytes(query.text(1)).value_or(Hash{}), query.text(2), outputs);
    auto& producer = database_.cached(
        "SELECT runs.id, step FROM step_runs JOIN runs ON runs.key = run WHERE step_runs.key = ?");
    producer.bind(query.integer(3));
    UnsoundResult result{.key = key};
    if (producer.step()) {
      result.run_id = producer.text(0);
      result.step = producer.text(1);
    } else if (why.empty()) {
      why = "the run that made it is not recorded";
    }
    producer.reset();
    result.why = std::move(why);
    if (!result.why.empty()) unsound.push_back(std::move(result));
  }
  query.reset();
  return unsound;
}

bool History::is_kept(ResultKey key) {
  auto& query = database_.cached("SELECT 1 FROM results WHERE key = ? AND offered IN (1, 2)");
  query.bind(key.value);
  const bool kept = query.step();
  query.reset();
  return kept;
}

namespace {

void add_known_outputs(Database& database, std::vector<KnownObject>& known) {
  auto& outputs = database.cached(
      "SELECT object, runs.id, step, name, results.key, offered FROM outputs"
      " JOIN results ON results.key = outputs.result"
      " LEFT JOIN step_runs ON step_runs.key = producer LEFT JOIN runs ON runs.key = step_runs.run"
      " ORDER BY results.key, name");
  while (outputs.step()) {
    const auto id = hash_from_bytes(outputs.text(0));
    const auto offered = outputs.integer(5);
    if (id)
      known.push_back({.object = *id,
                       .run_id = outputs.text(1),
                       .step = outputs.text(2),
                       .output = outputs.text(3),
                       .result = {offered == 0 ? 0 : outputs.integer(4)},
                       .offered = offered == 1});
  }
  outputs.reset();
}

void add_known_sources(Database& database, std::vector<KnownObject>& known) {
  std::set<Hash> seen;
  auto& sources = database.cached(
      "SELECT coalesce(step_runs.manifest, results.manifest), runs.id, step FROM step_runs"
      " JOIN runs ON runs.key = step_runs.run LEFT JOIN results ON results.key = step_runs.result"
      " WHERE step_runs.reused = 0 AND coalesce(step_runs.manifest, results.manifest) IS NOT NULL"
      " ORDER BY step_runs.key");
  while (sources.step()) {
    const auto id = source_of(sources.text(0));
    if (id && seen.insert(*id).second)
      known.push_back({.object = *id, .run_id = sources.text(1), .step = sources.text(2)});
  }
  sources.reset();
}

void add_known_downloads(Database& database, std::vector<KnownObject>& known) {
  auto& downloads = database.cached("SELECT object, url FROM downloads ORDER BY url");
  while (downloads.step())
    if (const auto id = hash_from_bytes(downloads.text(0)))
      known.push_back({.object = *id, .run_id = {}, .step = {}, .url = downloads.text(1)});
  downloads.reset();
}

void add_known_assets(Database& database, std::vector<KnownObject>& known) {
  auto& assets = database.cached(
      "SELECT asset_objects.object, kind, name, assets.version, coalesce(runs.id, ''),"
      " coalesce(step, '') FROM asset_objects JOIN assets ON assets.key = asset"
      " LEFT JOIN step_runs ON step_runs.key = creator LEFT JOIN runs ON runs.key = step_runs.run"
      " ORDER BY assets.key");
  while (assets.step())
    if (const auto id = hash_from_bytes(assets.text(0)))
      known.push_back(
          {.object = *id,
           .run_id = assets.text(4),
           .step = assets.text(5),
           .asset = fmt::format("{} '{}:{}'", assets.text(1), assets.text(2), assets.text(3))});
  assets.reset();
}

void add_known_endpoint_versions(Database& database, std::vector<KnownObject>& known) {
  auto& published = database.cached(
      "SELECT object, name, number FROM endpoint_objects JOIN endpoint_versions ON"
      " endpoint_versions.key = version JOIN endpoints ON endpoints.key = endpoint"
      " WHERE endpoint_versions.deleted = 0 ORDER BY version");
  while (published.step())
    if (const auto id = hash_from_bytes(published.text(0)))
      known.push_back({.object = *id,
                       .run_id = {},
                       .step = {},
                       .asset = fmt::format("version {} of the endpoint '{}'", published.text(2),
                                            published.text(1))});
  published.reset();
}

}  // namespace

std::vector<KnownObject> History::known_objects() {
  std::vector<KnownObject> known;
  add_known_outputs(database_, known);
  add_known_sources(database_, known);
  add_known_downloads(database_, known);
  add_known_assets(database_, known);
  add_known_endpoint_versions(database_, known);
  return known;
}

}  // namespace mlpipe
