#include <fmt/format.h>

#include <algorithm>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "history/history.h"
#include "history/run_row.h"

namespace mlpipe {

namespace {

constexpr std::string_view step_columns =
    "steps.key, run, step, status, reused, reason, message, steps.fingerprint,"
    " coalesce(steps.manifest, results.manifest), result, started, finished";
/// Of all that has a row of its own.
constexpr std::string_view from_rows =
    "FROM step_runs AS steps LEFT JOIN results ON results.key = steps.result";
/// Of all that runs show: a row may be that of several runs.
constexpr std::string_view from_runs =
    "FROM run_steps AS steps LEFT JOIN results ON results.key = steps.result";

StepRunRecord read_step(const Statement& row) {
  StepRunRecord step;
  step.key = {row.integer(0)};
  step.run = {row.integer(1)};
  step.step = row.text(2);
  step.status = parse_status(row.text(3)).value_or(Status::failed);
  step.reused = row.integer(4) != 0;
  step.reason = row.text(5);
  step.message = row.text(6);
  step.fingerprint = hash_from_bytes(row.text(7));
  step.manifest = row.text(8);
  if (!row.is_null(9)) step.result = ResultKey{row.integer(9)};
  step.started = from_micros(row.integer(10));
  step.finished = from_micros(row.integer(11));
  return step;
}

ResultRecord read_result(const Statement& row) {
  ResultRecord result;
  result.key = {row.integer(0)};
  result.fingerprint = hash_from_bytes(row.text(1)).value_or(Hash{});
  result.manifest = row.text(2);
  result.producer = {row.integer(3)};
  result.offered = row.integer(4) == 1;
  result.varying = row.integer(5) != 0;
  result.made = from_micros(row.integer(6));
  result.duration = Duration(row.integer(7));
  result.step = row.text(8);
  result.run_id = row.text(9);
  result.collected = from_micros(row.integer(10));
  return result;
}

constexpr std::string_view result_columns =
    "results.key, results.fingerprint, results.manifest, producer, offered, varying, made,"
    " duration_micros, step_runs.step, runs.id, collected FROM results"
    " JOIN step_runs ON step_runs.key = producer JOIN runs ON runs.key = step_runs.run";

std::vector<OutputRecord> read_outputs(Database& database, ResultKey result) {
  std::vector<OutputRecord> outputs;
  auto& query = database.cached(
      "SELECT name, object, content_hash, is_file, executable, file_name, bytes, files"
      " FROM outputs WHERE result = ? ORDER BY name");
  query.bind(result.value);
  while (query.step()) {
    OutputRecord output;
    output.name = query.text(0);
    output.object = hash_from_bytes(query.text(1)).value_or(Hash{});
    output.content_hash = hash_from_bytes(query.text(2)).value_or(Hash{});
    output.is_file = query.integer(3) != 0;
    output.executable = query.integer(4) != 0;
    output.file_name = query.text(5);
    output.bytes = static_cast<std::uint64_t>(query.integer(6));
    output.files = static_cast<std::uint64_t>(query.integer(7));
    outputs.push_back(std::move(output));
  }
  query.reset();
  return outputs;
}

std::optional<ResultRecord> one_result(Database& database, Statement& query) {
  if (!query.step()) return std::nullopt;
  auto result = read_result(query);
  query.reset();
  result.outputs = read_outputs(database, result.key);
  return result;
}

std::string sql(std::string_view select, std::string_view rest) {
  return fmt::format("SELECT {} {}", select, rest);
}

std::string sql(std::string_view select, std::string_view from, std::string_view rest) {
  return fmt::format("SELECT {} {} {}", select, from, rest);
}

}  // namespace

std::optional<ResultRecord> History::find_offered(const Hash& fingerprint) {
  static const std::string text =
      sql(result_columns,
          "WHERE results.fingerprint = ? AND offered = 1 ORDER BY results.key DESC LIMIT 1");
  return one_result(database_, database_.cached(text).bind_blob(fingerprint.view()));
}

std::optional<ResultRecord> History::find_result(ResultKey key) {
  static const std::string text = sql(result_columns, "WHERE results.key = ?");
  return one_result(database_, database_.cached(text).bind(key.value));
}

bool History::is_offered(ResultKey key) {
  auto& query = database_.cached("SELECT offered FROM results WHERE key = ?");
  query.bind(key.value);
  const bool offered = query.step() && query.integer(0) == 1;
  query.reset();
  return offered;
}

namespace {

NewestResult one_newest(Statement& query) {
  NewestResult newest;
  if (query.step())
    newest = {.key = {query.integer(0)},
              .fingerprint = hash_from_bytes(query.text(1)).value_or(Hash{}),
              .made = query.integer(2)};
  query.reset();
  return newest;
}

}  // namespace

NewestResult History::newest_result() {
  return one_newest(
      database_.cached("SELECT key, fingerprint, made FROM results ORDER BY key DESC LIMIT 1"));
}

bool History::goes_on_from(const NewestResult& newest) {
  auto& query = database_.cached("SELECT key, fingerprint, made FROM results WHERE key = ?");
  query.bind(newest.key.value);
  return one_newest(query) == newest;
}

std::int64_t History::withdrawn_results() {
  auto& query = database_.cached("SELECT value FROM counters WHERE name = 'withdrawn_results'");
  const std::int64_t count = query.step() ? query.integer(0) : -1;
  query.reset();
  return count;
}

bool History::may_show_steps_of(RunKey run, std::string_view run_id, std::string_view pipeline) {
  auto& query = database_.cached(
      "SELECT coalesce(steps_of, key) FROM runs WHERE pipeline = ? ORDER BY key DESC LIMIT 1");
  query.bind(pipeline);
  const bool is_newest = query.step() && query.integer(0) == run.value;
  query.reset();
  return is_newest && this->run_id(run) == run_id;
}

std::optional<FileStat> History::object_stat(const Hash& object) {
  auto& query =
      database_.cached("SELECT dev, ino, size, mtime_ns, ctime_ns FROM objects WHERE id = ?");
  query.bind_blob(object.view());
  if (!query.step()) return std::nullopt;
  FileStat stat;
  stat.kind = FileKind::folder;
  stat.dev = static_cast<std::uint64_t>(query.integer(0));
  stat.ino = static_cast<std::uint64_t>(query.integer(1));
  stat.size = static_cast<std::uint64_t>(query.integer(2));
  stat.mtime_ns = query.integer(3);
  stat.ctime_ns = query.integer(4);
  query.reset();
  return stat;
}

std::string History::text_of(const Hash& hash) {
  auto& query = database_.cached("SELECT text FROM texts WHERE hash = ?");
  query.bind_blob(hash.view());
  std::string text = query.step() ? query.text(0) : "";
  query.reset();
  return text;
}

bool History::has_text(const Hash& hash) {
  auto& query = database_.cached("SELECT 1 FROM texts WHERE hash = ?");
  query.bind_blob(hash.view());
  const bool has = query.step();
  query.reset();
  return has;
}

std::optional<Hash> History::published_content(const std::filesystem::path& path) {
  auto& query = database_.cached("SELECT content_hash FROM published_paths WHERE path = ?");
  query.bind(path.native());
  std::optional<Hash> content;
  if (query.step()) content = hash_from_bytes(query.text(0));
  query.reset();
  return content;
}

std::optional<StepRunRecord> History::last_completed(std::string_view pipeline,
                                                     std::string_view step) {
  static const std::string text =
      sql(step_columns, from_runs,
          "WHERE step = ? AND steps.status = 'Completed' AND run_pipeline = ?"
          " AND run_deleted = 0"
          " ORDER BY steps.key DESC, steps.run DESC LIMIT 1");
  auto& query = database_.cached(text);
  query.bind(step).bind(pipeline);
  std::optional<StepRunRecord> found;
  if (query.step()) found = read_step(query);
  query.reset();
  return found;
}

std::optional<StepRunRecord> History::last_in_vain(std::string_view pipeline,
                                                   std::string_view step) {
  static const std::string text =
      sql(step_columns, from_rows,
          "WHERE step = ? AND steps.status IN ('Failed', 'Canceled', 'NotResponding') AND"
          " steps.started != 0 AND EXISTS (SELECT 1 FROM runs WHERE runs.key = steps.run"
          " AND pipeline = ? AND deleted = 0) ORDER BY steps.key DESC LIMIT 1");
  auto& query = database_.cached(text);
  query.bind(step).bind(pipeline);
  std::optional<StepRunRecord> found;
  if (query.step()) found = read_step(query);
  query.reset();
  return found;
}

std::string History::run_id(RunKey run) {
  auto& query = database_.cached("SELECT id FROM runs WHERE key = ?");
  query.bind(run.value);
  std::string id = query.step() ? query.text(0) : "";
  query.reset();
  return id;
}

std::string History::executing_run(const Hash& fingerprint) {
  auto& query = database_.cached(
      "SELECT runs.id FROM step_runs JOIN runs ON runs.key = run WHERE fingerprint = ? AND"
      " step_runs.finished = 0 AND step_runs.started != 0"
      " ORDER BY step_runs.key DESC LIMIT 1");
  query.bind_blob(fingerprint.view());
  std::string id = query.step() ? query.text(0) : "";
  query.reset();
  return id;
}

void History::load_details(RunRecord& run) {
  for (const auto& [table, into] :
       {std::pair{"run_tags", &run.tags}, std::pair{"run_parameters", &run.parameters},
        std::pair{"run_properties", &run.properties}}) {
    auto& query = database_.cached(fmt::format("SELECT name, value FROM {} WHERE run = ?", table));
    query.bind(run.key.value);
    while (query.step()) into->emplace(query.text(0), query.text(1));
    query.reset();
  }
}

std::vector<RunRecord> History::newest_runs(std::size_t limit) {
  return find_runs({.limit = limit});
}

std::vector<RunRecord> History::unfinished_runs() {
  static const std::string text =
      sql(run_columns, "FROM runs WHERE finished = 0 AND status != 'Queued'");
  auto& query = database_.cached(text);
  std::vector<RunRecord> runs;
  while (query.step()) runs.push_back(read_run(query));
  query.reset();
  return runs;
}

std::optional<std::string> History::newest_run_with_step(std::string_view step) {
  auto& query = database_.cached(
      "SELECT (SELECT id FROM runs WHERE runs.key = run) FROM run_steps WHERE step = ?"
      " AND run_deleted = 0 ORDER BY run_steps.key DESC, run DESC LIMIT 1");
  query.bind(step);
  std::optional<std::string> id;
  if (query.step()) id = query.text(0);
  query.reset();
  return id;
}

std::vector<RunRecord> History::runs_beginning(std::string_view id, bool deleted,
                                               std::size_t limit) {
  static const std::string text =
      sql(run_columns,
          "FROM runs WHERE id >= ? AND id < ? AND (deleted != 0) = ? ORDER BY key DESC LIMIT ?");
  auto& query = database_.cached(text);
  query.bind(id).bind(std::string(id) + "\x7f").bind(std::int64_t{deleted ? 1 : 0});
  query.bind(static_cast<std::int64_t>(limit));
  std::vector<RunRecord> runs;
  while (query.step()) runs.push_back(read_run(query));
  query.reset();
  return runs;
}

RunRecord History::find_run(std::string_view id) {
  if (id == "latest") {
    auto newest = newest_runs(1);
    if (newest.empty())
      fail(ErrorKind::not_found,
           "there are no runs in this workspace yet; `mlpipe run SPEC` makes one, -C DIR chooses "
           "another workspace");
    return std::move(newest.front());
  }
  constexpr std::size_t most_named = 10;
  constexpr std::size_t all = 100'000;
  std::vector<RunRecord> runs;
  if (!id.empty()) runs = runs_beginning(id, false, most_named + 1);
  if (!id.empty() && runs.empty()) runs = runs_beginning(id, true, most_named + 1);
  if (runs.empty())
    fail(ErrorKind::not_found, "there is no run '{}'; `mlpipe runs` lists them", printable(id));
  if (runs.size() > 1 && runs.front().id != id) {
    std::string candidates;
    for (std::size_t i = 0; i < std::min(runs.size(), most_named); ++i)
      candidates += fmt::format("\n  {}  {}  {}", runs[i].id, local_time_text(runs[i].started),
                                printable(runs[i].pipeline));
    if (runs.size() > most_named)
      candidates += fmt::format(
          "\n  and {} more",
          runs_beginning(id, runs.front().deleted != TimePoint{}, all).size() - most_named);
    fail(ErrorKind::not_found, "'{}' is the beginning of several run ids; write more of it:{}",
         printable(id), candidates);
  }
  load_details(runs.front());
  return std::move(runs.front());
}

std::vector<StepRunRecord> History::steps_of(RunKey run) {
  static const std::string text = sql(step_columns, from_runs, "WHERE run = ? ORDER BY steps.key");
  auto& query = database_.cached(text);
  query.bind(run.value);
  std::vector<StepRunRecord> steps;
  while (query.step()) steps.push_back(read_step(query));
  query.reset();
  return steps;
}

std::optional<StepRunRecord> History::step_run(StepRunKey key) {
  static const std::string text = sql(step_columns, from_rows, "WHERE steps.key = ?");
  auto& query = database_.cached(text);
  query.bind(key.value);
  std::optional<StepRunRecord> found;
  if (query.step()) found = read_step(query);
  query.reset();
  return found;
}

std::vector<Attempt> History::attempts_of(StepRunKey step) {
  auto& query = database_.cached("SELECT * FROM attempts WHERE step_run = ? ORDER BY number");
  query.bind(step.value);
  std::vector<Attempt> attempts;
  while (query.step()) {
    Attempt attempt;
    attempt.number = static_cast<int>(query.integer(1));
    attempt.status = parse_status(query.text(2)).value_or(Status::failed);
    if (!query.is_null(3)) attempt.exit_code = static_cast<int>(query.integer(3));
    if (!query.is_null(4)) attempt.signal = static_cast<int>(query.integer(4));
    attempt.message = query.text(5);
    attempt.pid = query.integer(6);
    attempt.started = from_micros(query.integer(7));
    attempt.finished = from_micros(query.integer(8));
    attempt.user_time = Duration(query.integer(9));
    attempt.system_time = Duration(query.integer(10));
    attempt.peak_memory_bytes = static_cast<std::uint64_t>(query.integer(11));
    attempt.lingering = static_cast<int>(query.integer(12));
    attempt.stdout_file = query.text(13);
    attempt.stderr_file = query.text(14);
    attempt.compute_target = query.text(15);
    attempts.push_back(std::move(attempt));
  }
  query.reset();
  return attempts;
}

std::vector<Metric> History::metrics_of(StepRunKey step) {
  auto& query = database_.cached(
      "SELECT name, value, step, time FROM metrics WHERE step_run = ? ORDER BY position");
  query.bind(step.value);
  std::vector<Metric> metrics;
  while (query.step()) {
    Metric metric;
    metric.name = query.text(0);
    metric.value = query.text(1);
    if (!query.is_null(2)) metric.step = query.integer(2);
    metric.time = from_micros(query.integer(3));
    metrics.push_back(std::move(metric));
  }
  query.reset();
  return metrics;
}

}  // namespace mlpipe
