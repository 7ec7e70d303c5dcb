#include <algorithm>
#include <map>
#include <utility>

#include "core/manifest.h"
#include "history/history.h"

// What gc asks of the history, and what it changes there.

namespace mlpipe {

namespace {

std::optional<Hash> source_in(std::string_view manifest) {
  for (const auto& part : decode_manifest(manifest).value_or(Manifest{}))
    if (part.kind == PartKind::source) return content_hash_of(part);
  return std::nullopt;
}

std::map<ResultKey, HeldResult*> by_key(std::vector<HeldResult>& results) {
  std::map<ResultKey, HeldResult*> places;
  for (auto& result : results) places.emplace(result.key, &result);
  return places;
}

std::vector<HeldResult> read_results(Database& database) {
  auto& query = database.cached(
      "SELECT results.key, results.manifest, duration_micros, made, sum(showing),"
      " max(max(step_runs.finished, coalesce(last_shown, 0))), max(some_not_deleted),"
      " max(some_pinned) FROM results LEFT JOIN step_runs ON step_runs.result = results.key"
      " LEFT JOIN (SELECT CAST(coalesce(steps_of, key) AS INTEGER) AS owner, count(*) AS showing,"
      " max(CASE WHEN steps_of IS NOT NULL THEN started END) AS last_shown,"
      " max(deleted = 0) AS some_not_deleted, max(pinned) AS some_pinned FROM runs GROUP BY owner)"
      " ON owner = step_runs.run"
      " WHERE collected = 0 GROUP BY results.key ORDER BY results.key");
  std::vector<HeldResult> results;
  while (query.step()) {
    HeldResult& result = results.emplace_back();
    result.key = {query.integer(0)};
    if (const auto source = source_in(query.text(1))) result.objects.push_back(*source);
    result.duration = Duration(query.integer(2));
    result.last_used = from_micros(std::max(query.integer(3), query.integer(5)));
    result.uses = query.integer(4);
    result.shown = query.integer(6) != 0;
    result.kept = query.integer(7) != 0;
  }
  query.reset();
  return results;
}

/// Also what an unfinished run has made and does not show: it may be read there still.
void keep_of_live_runs(Database& database, const std::set<RunKey>& live,
                       const std::map<ResultKey, HeldResult*>& results) {
  auto& query = database.cached(
      "SELECT run_steps.result, runs.key FROM runs JOIN run_steps ON run_steps.run = runs.key"
      " WHERE runs.finished = 0 AND run_steps.result IS NOT NULL UNION"
      " SELECT results.key, runs.key FROM results JOIN step_runs ON step_runs.key = producer"
      " JOIN runs ON runs.key = step_runs.run WHERE runs.finished = 0");
  while (query.step())
    if (const auto found = results.find({query.integer(0)});
        found != results.end() && live.contains({query.integer(1)}))
      found->second->kept = true;
  query.reset();
}

void add_outputs(Database& database, const std::map<ResultKey, HeldResult*>& results) {
  auto& query = database.cached(
      "SELECT result, object FROM outputs JOIN results ON results.key = result"
      " WHERE collected = 0");
  while (query.step()) {
    const auto object = hash_from_bytes(query.text(1));
    const auto found = results.find({query.integer(0)});
    if (object && found != results.end()) found->second->objects.push_back(*object);
  }
  query.reset();
  for (const auto& [key, result] : results) {
    auto& objects = result->objects;
    std::sort(objects.begin(), objects.end());
    objects.erase(std::unique(objects.begin(), objects.end()), objects.end());
  }
}

void add_sources_of_runs(Database& database, const std::set<RunKey>& live,
                         std::vector<HeldSource>& sources) {
  auto& query = database.cached(
      "SELECT object, max(started, finished), pinned, finished = 0, key FROM run_sources"
      " JOIN runs ON runs.key = run WHERE deleted = 0");
  while (query.step()) {
    const bool goes_on = query.integer(3) != 0 && live.contains({query.integer(4)});
    if (const auto object = hash_from_bytes(query.text(0)))
      sources.push_back({.object = *object,
                         .last_used = from_micros(query.integer(1)),
                         .kept = query.integer(2) != 0 || goes_on});
  }
  query.reset();
}

std::vector<HeldSource> read_sources(Database& database, const std::set<RunKey>& live) {
  auto& query = database.cached(
      "SELECT step_runs.manifest, max(step_runs.started, step_runs.finished, runs.started), pinned,"
      " runs.finished = 0, runs.key FROM step_runs JOIN runs ON runs.key = step_runs.run"
      " WHERE deleted = 0 AND step_runs.result IS NULL AND step_runs.manifest IS NOT NULL");
  std::vector<HeldSource> sources;
  while (query.step()) {
    const auto source = source_in(query.text(0));
    if (!source) continue;
    const bool goes_on = query.integer(3) != 0 && live.contains({query.integer(4)});
    sources.push_back({.object = *source,
                       .last_used = from_micros(query.integer(1)),
                       .kept = query.integer(2) != 0 || goes_on});
  }
  query.reset();
  add_sources_of_runs(database, live, sources);
  return sources;
}

std::vector<HeldDownload> read_downloads(Database& database) {
  auto& query = database.cached("SELECT url, object, last_used FROM downloads ORDER BY url");
  std::vector<HeldDownload> downloads;
  while (query.step())
    if (const auto object = hash_from_bytes(query.text(1)))
      downloads.push_back(
          {.url = query.text(0), .object = *object, .last_used = from_micros(query.integer(2))});
  query.reset();
  return downloads;
}

std::vector<Hash> read_registered(Database& database) {
  auto& query = database.cached(
      "SELECT object FROM asset_objects UNION SELECT object FROM endpoint_objects"
      " JOIN endpoint_versions ON endpoint_versions.key = version WHERE deleted = 0");
  std::vector<Hash> objects;
  while (query.step())
    if (const auto object = hash_from_bytes(query.text(0))) objects.push_back(*object);
  query.reset();
  return objects;
}

}  // namespace

ObjectHolders History::object_holders(const std::set<RunKey>& live) {
  // One view of the database for all the questions.
  const ReadView view(database_);
  ObjectHolders holders{
      .results = read_results(database_), .sources = {}, .downloads = {}, .registered = {}};
  const auto places = by_key(holders.results);
  keep_of_live_runs(database_, live, places);
  add_outputs(database_, places);
  holders.sources = read_sources(database_, live);
  holders.registered = read_registered(database_);
  holders.downloads = read_downloads(database_);
  return holders;
}

std::vector<ResultKey> History::collect_results(const std::vector<const HeldResult*>& given,
                                                TimePoint at) {
  begin_batch();
  std::vector<ResultKey> collected;
  for (const auto* result : given) {
    auto& query = database_.cached(
        "UPDATE results SET offered = 0, collected = ?1 WHERE key = ?2 AND collected = 0"
        " AND (SELECT count(*) FROM run_steps WHERE result = ?2) = ?3"
        " AND NOT EXISTS (SELECT 1 FROM run_steps WHERE result = ?2"
        " AND (run_pinned != 0 OR run_finished = 0))"
        " RETURNING fingerprint");
    query.bind(to_micros(at)).bind(result->key.value).bind(result->uses);
    const bool is_collected = query.step();
    const auto fingerprint = is_collected ? hash_from_bytes(query.text(0)) : std::nullopt;
    query.reset();
    if (!is_collected) continue;
    collected.push_back(result->key);
    if (fingerprint) offer_replaced_again(*fingerprint);
  }
  commit_batch();
  return collected;
}

bool History::is_collected(ResultKey key) {
  auto& query = database_.cached("SELECT collected FROM results WHERE key = ?");
  query.bind(key.value);
  const bool collected = !query.step() || query.integer(0) != 0;
  query.reset();
  return collected;
}

std::set<Hash> History::work_executed_since(TimePoint moment) {
  auto& query = database_.cached(
      "SELECT DISTINCT fingerprint FROM step_runs JOIN runs ON runs.key = step_runs.run"
      " WHERE deleted = 0 AND reused = 0 AND fingerprint IS NOT NULL"
      " AND (runs.finished = 0 OR runs.finished >= ?)");
  query.bind(to_micros(moment));
  std::set<Hash> work;
  while (query.step())
    if (const auto fingerprint = hash_from_bytes(query.text(0))) work.insert(*fingerprint);
  query.reset();
  return work;
}

std::vector<std::string> History::logs_of_deleted_runs() {
  auto& query = database_.cached(
      "SELECT stdout_file, stderr_file FROM attempts JOIN step_runs ON step_runs.key = step_run"
      " JOIN runs ON runs.key = step_runs.run WHERE deleted != 0"
      " AND NOT EXISTS (SELECT 1 FROM results CROSS JOIN run_steps AS showing"
      " ON showing.result = results.key"
      " WHERE producer = step_runs.key AND run_deleted = 0)"
      " UNION ALL SELECT 'logs/' || id || '/driver.log', '' FROM runs JOIN submissions"
      " ON run = runs.key WHERE deleted != 0");
  std::vector<std::string> files;
  while (query.step()) {
    files.push_back(query.text(0));
    files.push_back(query.text(1));
  }
  query.reset();
  return files;
}

std::vector<StepRunFiles> History::files_of_step_runs() {
  auto& query = database_.cached(
      "SELECT run_steps.key, pipeline, step, id, result, stdout_file, stderr_file, runs.key"
      " FROM runs JOIN run_steps ON run_steps.run = runs.key"
      " LEFT JOIN attempts ON step_run = run_steps.key"
      " WHERE deleted = 0 ORDER BY run_steps.key, runs.key");
  std::vector<StepRunFiles> files;
  std::pair<std::int64_t, std::int64_t> last;
  while (query.step()) {
    const std::pair step_of_run(query.integer(0), query.integer(7));
    if (std::exchange(last, step_of_run) != step_of_run) {
      files.push_back(
          {.pipeline = query.text(1), .step = query.text(2), .run_id = query.text(3), .logs = {}});
      if (!query.is_null(4)) files.back().result = ResultKey{query.integer(4)};
    }
    for (const int column : {5, 6})
      if (!query.is_null(column)) files.back().logs.push_back(query.text(column));
  }
  query.reset();
  return files;
}

}  // namespace mlpipe
