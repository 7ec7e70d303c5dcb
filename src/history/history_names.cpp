#include "history/history_names.h"

namespace mlpipe {

namespace {

HistoryNames::Run read_name_row(const Statement& row) {
  return {.key = {row.integer(0)},
          .id = row.text(1),
          .pipeline = row.text(2),
          .status = parse_status(row.text(3)).value_or(Status::failed),
          .started = from_micros(row.integer(4))};
}

}  // namespace

std::vector<HistoryNames::Run> HistoryNames::runs(std::string_view beginning, int limit) {
  auto& query = database_.cached(
      "SELECT key, id, pipeline, status, started FROM runs WHERE substr(id, 1, ?) = ? AND deleted "
      "= 0"
      " ORDER BY key DESC LIMIT ?");
  query.bind(static_cast<std::int64_t>(beginning.size())).bind(beginning).bind(std::int64_t{limit});
  std::vector<Run> found;
  while (query.step()) found.push_back(read_name_row(query));
  return found;
}

HistoryNames::Run HistoryNames::run(std::string_view id) {
  const auto found = runs(id == "latest" ? "" : id, 1);
  return found.empty() ? Run{} : found.front();
}

std::vector<std::pair<std::string, std::string>> HistoryNames::steps(RunKey run) {
  auto& query = database_.cached(
      "SELECT step, CASE reused WHEN 0 THEN status ELSE 'Reused' END"
      " FROM run_steps WHERE run = ? ORDER BY key");
  query.bind(run.value);
  std::vector<std::pair<std::string, std::string>> found;
  while (query.step()) found.emplace_back(query.text(0), query.text(1));
  return found;
}

std::vector<std::string> HistoryNames::outputs(RunKey run) {
  auto& query = database_.cached(
      "SELECT step || '.' || name FROM run_steps JOIN outputs ON outputs.result = run_steps.result"
      " WHERE run = ? ORDER BY key, name");
  query.bind(run.value);
  std::vector<std::string> found;
  while (query.step()) found.push_back(query.text(0));
  return found;
}

std::vector<std::string> HistoryNames::column(std::string_view sql,
                                              const std::vector<std::string_view>& values) {
  auto& query = database_.cached(sql);
  for (const auto value : values) query.bind(value);
  std::vector<std::string> found;
  while (query.step()) found.push_back(query.text(0));
  return found;
}

// The newest rows only: a long history must not make a key press slow.

std::vector<std::string> HistoryNames::experiments() {
  return column(
      "SELECT experiment FROM (SELECT key, experiment FROM runs ORDER BY key DESC LIMIT 5000)"
      " GROUP BY experiment ORDER BY max(key) DESC LIMIT 50");
}

std::vector<std::string> HistoryNames::tags() {
  return column(
      "SELECT name || CASE value WHEN '' THEN '' ELSE '=' || value END AS tag FROM run_tags"
      " WHERE run > (SELECT max(key) - 5000 FROM runs)"
      " GROUP BY tag ORDER BY max(run) DESC LIMIT 50");
}

std::vector<std::string> HistoryNames::metrics() {
  return column(
      "SELECT DISTINCT name FROM metrics"
      " WHERE step_run > (SELECT max(key) - 5000 FROM step_runs) ORDER BY name LIMIT 200");
}

std::vector<std::string> HistoryNames::assets(std::string_view kind) {
  return column(
      "SELECT name FROM assets WHERE kind = ? AND archived = 0 GROUP BY name"
      " ORDER BY max(key) DESC LIMIT 200",
      {kind});
}

std::vector<std::string> HistoryNames::endpoints() {
  return column(
      "SELECT name FROM endpoints WHERE archived = 0 AND deleted = 0 ORDER BY name LIMIT 200");
}

std::string HistoryNames::published_text(std::string_view endpoint, std::string_view version) {
  const auto found = column(
      "SELECT text FROM endpoints JOIN endpoint_versions ON endpoint = endpoints.key"
      " AND number = CASE ?2 WHEN '' THEN default_version ELSE CAST(?2 AS INTEGER) END"
      " JOIN texts ON hash = spec WHERE name = ?1 AND endpoints.deleted = 0"
      " AND endpoint_versions.deleted = 0",
      {endpoint, version});
  return found.empty() ? std::string() : found.front();
}

std::vector<std::string> HistoryNames::schedules() {
  return column("SELECT name FROM schedules WHERE deleted = 0 ORDER BY name LIMIT 200");
}

std::vector<std::string> HistoryNames::asset_versions(std::string_view kind,
                                                      std::string_view name) {
  return column(
      "SELECT version FROM assets WHERE kind = ? AND name = ? AND archived = 0"
      " ORDER BY key DESC LIMIT 200",
      {kind, name});
}

std::vector<std::string> HistoryNames::parameters() {
  return column(
      "SELECT DISTINCT name FROM run_parameters"
      " WHERE run > (SELECT max(key) - 5000 FROM runs) ORDER BY name LIMIT 200");
}

}  // namespace mlpipe
