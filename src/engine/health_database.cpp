#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "engine/health.h"
#include "engine/left_jobs.h"
#include "history/history_health.h"
#include "history/live_runs.h"

namespace mlpipe {

void check_database(const HealthSubject& subject, HealthReport& report) {
  const auto state = subject.state();
  if (!state.exists()) return;
  const std::string start_anew =
      "keep a copy, then move it away: the next run makes a new one, and steps that were done run "
      "once more";
  try {
    HistoryHealth health(state.database());
    const auto schema = health.schema();
    if (health.is_foreign()) {
      report.problem("database", "another program made it",
                     "move it away, or use another workspace: the next run makes a new one");
      return;
    }
    if (schema.version > schema.known) {
      report.problem(
          "database",
          fmt::format("a newer mlpipe wrote it (schema {}; this one, {}, knows up to {})",
                      schema.version, MLPIPE_VERSION, schema.known),
          "use the newer mlpipe, or another workspace");
      return;
    }
    const auto problems = health.problems();
    if (!problems.empty()) {
      report.problem("database", fmt::format("damaged: {}", fmt::join(problems, "; ")), start_anew);
      return;
    }
    if (schema.version == 0) {
      report.ok("database", "empty: the next command makes its tables");
      return;
    }
    if (schema.version < schema.known) {
      report.ok("database",
                fmt::format("sound; of an older mlpipe (schema {}): the next command brings it up "
                            "to date",
                            schema.version));
      return;
    }
    report.ok("database", fmt::format("sound, schema {}, {}", schema.version,
                                      counted(static_cast<std::size_t>(health.runs()), "run")));
    if (!health.is_in_wal_mode())
      report.warning("database", "it is not in WAL mode: readers wait for runs, and runs for them",
                     fmt::format("sqlite3 {} 'PRAGMA journal_mode=WAL'",
                                 shell_quoted(state.database().native())));
  } catch (const Error& error) {
    report.problem("database", error.what(), start_anew);
  }
}

/// Not of a database of which check_database() has said that something is wrong, nor of one that
/// would be changed to be read.
std::vector<JobElsewhere> jobs_that_are_left(const StateDirectory& state) {
  try {
    HistoryHealth health(state.database());
    const auto schema = health.schema();
    if (health.is_foreign() || schema.version != schema.known) return {};
    const LiveRuns live(state.run_locks(), LockFile::OnlyLook{});
    auto jobs = health.jobs_elsewhere();
    std::erase_if(jobs, [&](const JobElsewhere& job) { return live.is_alive(job.run); });
    return jobs;
  } catch (const Error&) {
    return {};
  }
}

void check_left_jobs(const HealthSubject& subject, HealthReport& report) {
  if (!subject.state().exists()) return;
  for (const auto& job : jobs_that_are_left(subject.state()))
    report.warning(
        "jobs elsewhere",
        fmt::format("step '{}' of run {} may still run on compute target '{}'", printable(job.step),
                    job.run_id, printable(place_of(job, subject.workspace))),
        fmt::format("`mlpipe cancel {}` ends it; a run that does the same work takes it "
                    "up",
                    job.run_id));
}

}  // namespace mlpipe
