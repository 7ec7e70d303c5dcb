#include <fmt/format.h>

#include "history/history.h"
#include "history/history_health.h"

// Which outputs lie in the stores of other machines, and which jobs may still run there.

namespace mlpipe {

void History::remember_elsewhere(const Hash& object, std::string_view machine) {
  database_.cached("INSERT OR IGNORE INTO objects_elsewhere VALUES (?,?)")
      .bind_blob(object.view())
      .bind(machine)
      .run();
}

void History::forget_elsewhere(const Hash& object, std::string_view machine) {
  database_.cached("DELETE FROM objects_elsewhere WHERE object = ? AND machine = ?")
      .bind_blob(object.view())
      .bind(machine)
      .run();
}

std::vector<std::string> History::machines_with(const Hash& object) {
  auto& query =
      database_.cached("SELECT machine FROM objects_elsewhere WHERE object = ? ORDER BY machine");
  query.bind_blob(object.view());
  std::vector<std::string> machines;
  while (query.step()) machines.push_back(query.text(0));
  query.reset();
  return machines;
}

std::vector<Hash> History::objects_on(std::string_view machine) {
  auto& query =
      database_.cached("SELECT object FROM objects_elsewhere WHERE machine = ? ORDER BY object");
  query.bind(machine);
  std::vector<Hash> objects;
  while (query.step())
    if (const auto object = hash_from_bytes(query.text(0))) objects.push_back(*object);
  query.reset();
  return objects;
}

std::vector<std::string> History::machines_with_objects() {
  auto& query = database_.cached("SELECT DISTINCT machine FROM objects_elsewhere ORDER BY machine");
  std::vector<std::string> machines;
  while (query.step()) machines.push_back(query.text(0));
  query.reset();
  return machines;
}

namespace {

/// A statement that asks for a job's machine, its name and its step.
void run_for(Statement& statement, const JobElsewhere& job) {
  statement.bind(job.machine).bind(job.job).bind(job.step_run.value).run();
}

}  // namespace

void History::job_sent(const JobElsewhere& job) {
  run_for(database_.cached("INSERT OR IGNORE INTO jobs_elsewhere VALUES (?,?,?)"), job);
}

void History::job_begun(const JobElsewhere& job) {
  run_for(database_.cached("INSERT OR REPLACE INTO jobs_elsewhere VALUES (?,?,?)"), job);
}

void History::job_ended(const JobElsewhere& job) {
  run_for(
      database_.cached("DELETE FROM jobs_elsewhere WHERE machine = ? AND job = ? AND step_run = ?"),
      job);
}

std::string History::take_up_job(const JobElsewhere& job, std::string_view by_run) {
  auto& query = database_.cached(
      "SELECT step_runs.key, id FROM jobs_elsewhere JOIN step_runs ON step_runs.key = step_run"
      " JOIN runs ON runs.key = run WHERE machine = ? AND job = ? AND step_run <> ?");
  query.bind(job.machine).bind(job.job).bind(job.step_run.value);
  std::string begun_by;
  std::int64_t step_run = 0;
  if (query.step()) {
    step_run = query.integer(0);
    begun_by = query.text(1);
  }
  query.reset();
  if (!begun_by.empty())
    database_
        .cached(
            "UPDATE step_runs SET message = CASE message WHEN '' THEN ?1 ELSE message || '; '"
            " || ?1 END WHERE key = ?2")
        .bind(fmt::format("run {} goes on with it", by_run))
        .bind(step_run)
        .run();
  job_begun(job);
  return begun_by;
}

namespace {

std::vector<JobElsewhere> read_jobs_elsewhere(Database& database) {
  auto& query = database.cached(
      "SELECT machine, job, step_run, step, run, id, runs.status FROM jobs_elsewhere"
      " JOIN step_runs ON step_runs.key = step_run JOIN runs ON runs.key = run"
      " ORDER BY step_run, machine, job");
  std::vector<JobElsewhere> jobs;
  while (query.step())
    jobs.push_back({.machine = query.text(0),
                    .job = query.text(1),
                    .step_run = {query.integer(2)},
                    .step = query.text(3),
                    .run = {query.integer(4)},
                    .run_id = query.text(5),
                    .run_status = parse_status(query.text(6)).value_or(Status::running)});
  query.reset();
  return jobs;
}

}  // namespace

std::vector<JobElsewhere> History::jobs_elsewhere() { return read_jobs_elsewhere(database_); }

std::vector<JobElsewhere> HistoryHealth::jobs_elsewhere() { return read_jobs_elsewhere(database_); }

bool History::has_job_elsewhere(StepRunKey step) {
  auto& query = database_.cached("SELECT 1 FROM jobs_elsewhere WHERE step_run = ?");
  query.bind(step.value);
  const bool has = query.step();
  query.reset();
  return has;
}

}  // namespace mlpipe
