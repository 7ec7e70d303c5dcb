#include <unistd.h>

#include <random>

#include "base/error.h"
#include "history/history.h"
#include "history/schema.h"

namespace mlpipe {

namespace {

std::string fresh_run_id() {
  std::random_device random;
  std::uniform_int_distribution<std::size_t> pick(0, run_id_letters.size() - 1);
  std::string id;
  while (id.size() < run_id_length) id += run_id_letters[pick(random)];
  return id;
}

std::int64_t flag(bool value) { return value ? 1 : 0; }

/// `file`, if a reader has something to read there. After an update of mlpipe the first command
/// brings the database up to date, also one that only looks, if it may write.
const std::filesystem::path& readable(const std::filesystem::path& file, Database::Mode mode) {
  if (mode == Database::Mode::read_write) return file;
  if (!stat_file(file))
    fail(ErrorKind::not_found, "there are no runs in this workspace yet: there is no database '{}'",
         file.string());
  bool is_older = false;
  {
    Database look(file, Database::Mode::read_only);
    is_older = is_to_be_updated(look);
  }
  if (is_older && ::access(file.c_str(), W_OK) == 0) {
    Database update(file, Database::Mode::read_write);
    prepare_schema(update);
  }
  return file;
}

}  // namespace

History::History(const std::filesystem::path& file, Database::Mode mode)
    : database_(readable(file, mode), mode) {
  if (mode == Database::Mode::read_only) {
    check_schema(database_);
    return;
  }
  // A power cut may lose the last transactions of steps, never a part of one (semantics.md 4).
  database_.execute("PRAGMA synchronous = NORMAL");
  prepare_schema(database_);
}

void History::begin_batch() {
  if (in_batch_) return;
  batch_.emplace(database_);
  in_batch_ = true;
}

void History::commit_batch() {
  if (!in_batch_) return;
  in_batch_ = false;
  batch_->commit();
  batch_.reset();
}

void History::abandon_batch() {
  in_batch_ = false;
  batch_.reset();
}

void History::begin_run(RunRecord& run) {
  if (run.key.value != 0)
    take_queued_row(run);
  else
    insert_row(run);
  for (const auto& [name, value] : run.tags) set_tag(run.key, name, value);
  for (const auto& [name, value] : run.parameters)
    database_.cached("INSERT OR REPLACE INTO run_parameters VALUES (?,?,?)")
        .bind(run.key.value)
        .bind(name)
        .bind(value)
        .run();
  for (const auto& [name, value] : run.properties) set_property(run.key, name, value);
  for (const auto& object : run.sources)
    database_.cached("INSERT OR IGNORE INTO run_sources VALUES (?,?)")
        .bind(run.key.value)
        .bind_blob(object.view())
        .run();
}

void History::insert_row(RunRecord& run) {
  run.id = fresh_run_id();
  auto& insert = database_.cached(
      "INSERT INTO runs(resolved_spec, id, pipeline, experiment, spec_file, command_line, status,"
      " host, user, version, pid, started, steps_of, resolved_spec_hash)"
      " VALUES ('',?,?,?,?,?,?,?,?,?,?,?,nullif(?, 0),?)");
  insert.bind(run.id)
      .bind(run.pipeline)
      .bind(run.experiment)
      .bind(run.spec_file)
      .bind(run.command_line)
      .bind(to_text(run.status))
      .bind(run.host)
      .bind(run.user)
      .bind(run.version)
      .bind(run.pid)
      .bind(to_micros(run.started))
      .bind(run.steps_of.value);
  bind_spec(insert, run);
  insert.run();
  run.key = {database_.last_insert_row()};
  add_notifications(run.key, run.notifications);
}

/// As its hash; the text is kept where those of other runs are, and most are the same.
void History::bind_spec(Statement& row, const RunRecord& run) {
  if (run.known_spec) {
    row.bind_blob(run.known_spec->view());
    return;
  }
  if (run.resolved_spec.empty()) {  // of a run that shows another's, or is queued
    row.bind_null();
    return;
  }
  const Hash hash = hash_bytes(run.resolved_spec);
  remember_text(hash, run.resolved_spec);
  row.bind_blob(hash.view());
}

void History::take_queued_row(const RunRecord& run) {
  auto& update = database_.cached(
      "UPDATE runs SET pipeline = ?, experiment = ?, spec_file = ?, resolved_spec_hash = ?,"
      " status = ?, host = ?, user = ?, version = ?, pid = ?, started = ?"
      " WHERE key = ? AND status = 'Queued'");
  update.bind(run.pipeline).bind(run.experiment).bind(run.spec_file);
  bind_spec(update, run);
  update.bind(to_text(run.status))
      .bind(run.host)
      .bind(run.user)
      .bind(run.version)
      .bind(run.pid)
      .bind(to_micros(run.started))
      .bind(run.key.value)
      .run();
  if (database_.changed_rows() == 0)
    fail(ErrorKind::usage, "run {} is not queued any more: it was canceled before it began",
         run.id);
}

void History::set_run_message(RunKey run, std::string_view message) {
  database_.cached("UPDATE runs SET message = ? WHERE key = ?").bind(message).bind(run.value).run();
}

bool History::cancel_queued(RunKey run, TimePoint at) {
  database_
      .cached(
          "UPDATE runs SET status = 'Canceled', message = 'canceled before it began',"
          " finished = ? WHERE key = ? AND status = 'Queued'")
      .bind(to_micros(at))
      .bind(run.value)
      .run();
  if (database_.changed_rows() == 0) return false;
  make_notifications_due(run, Status::canceled, at);
  return true;
}

void History::finish_run(RunKey run, Status status, std::string_view message, TimePoint at) {
  std::optional<Transaction> own;
  if (!in_batch_) own.emplace(database_);
  database_.cached("UPDATE runs SET status = ?, message = ?, finished = ? WHERE key = ?")
      .bind(to_text(status))
      .bind(message)
      .bind(to_micros(at))
      .bind(run.value)
      .run();
  make_notifications_due(run, status, at);
  if (own) own->commit();
}

void History::set_run_status(RunKey run, Status status) {
  database_.cached("UPDATE runs SET status = ? WHERE key = ? AND finished = 0")
      .bind(to_text(status))
      .bind(run.value)
      .run();
}

void History::set_property(RunKey run, std::string_view name, std::string_view value) {
  database_.cached("INSERT OR REPLACE INTO run_properties VALUES (?,?,?)")
      .bind(run.value)
      .bind(name)
      .bind(value)
      .run();
}

void History::set_tag(RunKey run, std::string_view name, std::string_view value) {
  database_.cached("INSERT OR REPLACE INTO run_tags VALUES (?,?,?)")
      .bind(run.value)
      .bind(name)
      .bind(value)
      .run();
}

bool History::remove_tag(RunKey run, std::string_view name) {
  database_.cached("DELETE FROM run_tags WHERE run = ? AND name = ?")
      .bind(run.value)
      .bind(name)
      .run();
  return database_.changed_rows() > 0;
}

void History::set_pinned(RunKey run, bool pinned) {
  database_.cached("UPDATE runs SET pinned = ? WHERE key = ?")
      .bind(flag(pinned))
      .bind(run.value)
      .run();
}

std::size_t History::delete_runs(const std::vector<RunKey>& runs, TimePoint at) {
  for (const auto run : runs)
    database_.cached("UPDATE runs SET deleted = ? WHERE key = ? AND deleted = 0")
        .bind(to_micros(at))
        .bind(run.value)
        .run();
  std::vector<Hash> withdrawn;
  for (const auto run : runs) {
    auto& query = database_.cached(
        "UPDATE results SET offered = 0 WHERE offered IN (1, 2)"
        " AND key IN (SELECT result FROM run_steps WHERE run = ? AND result IS NOT NULL)"
        " AND NOT EXISTS (SELECT 1 FROM run_steps WHERE run_steps.result = results.key"
        " AND run_deleted = 0) RETURNING fingerprint");
    query.bind(run.value);
    while (query.step()) withdrawn.push_back(hash_from_bytes(query.text(0)).value_or(Hash{}));
    query.reset();
  }
  for (const auto& fingerprint : withdrawn) offer_replaced_again(fingerprint);
  return withdrawn.size();
}

/// A run that made the same work anew has replaced an earlier run's result. When the newer one
/// goes, the earlier one counts again, if a run that is not deleted holds it.
void History::offer_replaced_again(const Hash& fingerprint) {
  database_
      .cached(
          "UPDATE results SET offered = 1 WHERE key = (SELECT max(key) FROM results AS earlier"
          " WHERE fingerprint = ?1 AND offered = 2 AND collected = 0"
          " AND EXISTS (SELECT 1 FROM run_steps WHERE run_steps.result = earlier.key"
          " AND run_deleted = 0))"
          " AND NOT EXISTS (SELECT 1 FROM results WHERE fingerprint = ?1 AND offered = 1)")
      .bind_blob(fingerprint.view())
      .run();
}

void History::add_step(StepRunRecord& step) {
  auto& insert = database_.cached(
      "INSERT INTO step_runs(run, step, status, reused, reason, message, fingerprint, manifest,"
      " result, started, finished) VALUES (?,?,?,?,?,?,?,?,?,?,?)");
  insert.bind(step.run.value).bind(step.step).bind(to_text(step.status)).bind(flag(step.reused));
  insert.bind(step.reason).bind(step.message);
  step.fingerprint ? insert.bind_blob(step.fingerprint->view()) : insert.bind_null();
  // A reused step's manifest is its result's: not written twice.
  step.result || step.manifest.empty() ? insert.bind_null() : insert.bind_blob(step.manifest);
  step.result ? insert.bind(step.result->value) : insert.bind_null();
  insert.bind(to_micros(step.started)).bind(to_micros(step.finished)).run();
  step.key = {database_.last_insert_row()};
}

void History::update_step(const StepRunRecord& step) {
  auto& update = database_.cached(
      "UPDATE step_runs SET status = ?, reused = ?, reason = ?, message = ?, fingerprint = ?,"
      " manifest = ?, result = ?, started = ?, finished = ? WHERE key = ?");
  update.bind(to_text(step.status)).bind(flag(step.reused)).bind(step.reason).bind(step.message);
  step.fingerprint ? update.bind_blob(step.fingerprint->view()) : update.bind_null();
  step.result || step.manifest.empty() ? update.bind_null() : update.bind_blob(step.manifest);
  step.result ? update.bind(step.result->value) : update.bind_null();
  update.bind(to_micros(step.started)).bind(to_micros(step.finished)).bind(step.key.value).run();
}

void History::save_attempt(StepRunKey step, const Attempt& attempt) {
  auto& save =
      database_.cached("INSERT OR REPLACE INTO attempts VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  save.bind(step.value).bind(std::int64_t{attempt.number}).bind(to_text(attempt.status));
  attempt.exit_code ? save.bind(std::int64_t{*attempt.exit_code}) : save.bind_null();
  attempt.signal ? save.bind(std::int64_t{*attempt.signal}) : save.bind_null();
  save.bind(attempt.message)
      .bind(attempt.pid)
      .bind(to_micros(attempt.started))
      .bind(to_micros(attempt.finished))
      .bind(std::int64_t{attempt.user_time.count()})
      .bind(std::int64_t{attempt.system_time.count()})
      .bind(static_cast<std::int64_t>(attempt.peak_memory_bytes))
      .bind(std::int64_t{attempt.lingering})
      .bind(attempt.stdout_file)
      .bind(attempt.stderr_file)
      .bind(attempt.compute_target)
      .run();
}

void History::add_result(ResultRecord& result) {
  if (result.offered)
    database_.cached("UPDATE results SET offered = 2 WHERE fingerprint = ? AND offered = 1")
        .bind_blob(result.fingerprint.view())
        .run();
  database_
      .cached(
          "INSERT INTO results(fingerprint, manifest, producer, offered, varying, made,"
          " duration_micros) VALUES (?,?,?,?,?,?,?)")
      .bind_blob(result.fingerprint.view())
      .bind_blob(result.manifest)
      .bind(result.producer.value)
      .bind(flag(result.offered))
      .bind(flag(result.varying))
      .bind(to_micros(result.made))
      .bind(std::int64_t{result.duration.count()})
      .run();
  result.key = {database_.last_insert_row()};
  for (const auto& output : result.outputs)
    database_.cached("INSERT INTO outputs VALUES (?,?,?,?,?,?,?,?,?)")
        .bind(result.key.value)
        .bind(output.name)
        .bind_blob(output.object.view())
        .bind_blob(output.content_hash.view())
        .bind(flag(output.is_file))
        .bind(flag(output.executable))
        .bind_blob(output.file_name)
        .bind(static_cast<std::int64_t>(output.bytes))
        .bind(static_cast<std::int64_t>(output.files))
        .run();
}

void History::add_metrics(StepRunKey step, const std::vector<Metric>& metrics) {
  database_.cached("DELETE FROM metrics WHERE step_run = ?").bind(step.value).run();
  for (std::size_t i = 0; i < metrics.size(); ++i)
    database_.cached("INSERT INTO metrics VALUES (?,?,?,?,?,?)")
        .bind(step.value)
        .bind(static_cast<std::int64_t>(i))
        .bind(metrics[i].name)
        .bind(metrics[i].value)
        .bind(metrics[i].step)
        .bind(to_micros(metrics[i].time))
        .run();
}

void History::mark_varying(const Hash& fingerprint) {
  database_.cached("UPDATE results SET varying = 1 WHERE fingerprint = ?")
      .bind_blob(fingerprint.view())
      .run();
}

void History::withdraw_result(ResultKey result) {
  database_.cached("UPDATE results SET offered = 0 WHERE key = ?").bind(result.value).run();
}

void History::remember_object(const Hash& object, const FileStat& stat) {
  database_.cached("INSERT OR REPLACE INTO objects VALUES (?,?,?,?,?,?)")
      .bind_blob(object.view())
      .bind(static_cast<std::int64_t>(stat.dev))
      .bind(static_cast<std::int64_t>(stat.ino))
      .bind(static_cast<std::int64_t>(stat.size))
      .bind(stat.mtime_ns)
      .bind(stat.ctime_ns)
      .run();
}

void History::remember_text(const Hash& hash, std::string_view text) {
  database_.cached("INSERT OR IGNORE INTO texts VALUES (?,?)")
      .bind_blob(hash.view())
      .bind_lasting(text)
      .run();
}

void History::remember_published(const std::filesystem::path& path, const Hash& content, RunKey run,
                                 TimePoint at) {
  database_.cached("INSERT OR REPLACE INTO published_paths VALUES (?,?,?,?)")
      .bind(path.native())
      .bind_blob(content.view())
      .bind(run.value)
      .bind(to_micros(at))
      .run();
}

}  // namespace mlpipe
