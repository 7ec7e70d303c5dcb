#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <optional>
#include <vector>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "engine/deliverer.h"
#include "engine/left_jobs.h"
#include "engine/unfinished_runs.h"

namespace mlpipe {

namespace {

int tell_canceled(const RunRecord& run, const Arguments& arguments) {
  if (arguments.json)
    fmt::print("{}\n", json_document({{"run_id", run.id}, {"status", "Canceled"}}));
  else
    fmt::print("run {} is canceled: it had not begun\n", run.id);
  return 0;
}

/// The run has no driver any more, and nobody but us ends what it left on other machines. False if
/// it left nothing.
bool end_what_it_left(const RunRecord& run, const Arguments& arguments) {
  OpenedHistory opened(arguments, Database::Mode::read_write);
  const auto jobs = jobs_left_by(run.key, opened.history);
  if (jobs.empty()) return false;
  RemoteMachines machines(opened.state.root, opened.workspace.compute_targets);
  ::signal(SIGPIPE, SIG_IGN);  // ssh may end while something is said to it
  std::optional<Error> problem;
  std::vector<EndedJob> ended;
  for (const auto& job : jobs) {
    try {
      ended.push_back(end_left_job(job, opened.history, machines, opened.state.step_locks()));
      if (!arguments.json) fmt::print("{}\n", ended.back().text);
    } catch (const Error& error) {
      if (problem) fmt::print(stderr, "{}\n", error.what());
      if (!problem) problem = error;
    }
  }
  if (problem)
    throw Error(problem->kind(),
                fmt::format("what run {} left on another machine could not be ended, so it stays "
                            "{}: {}\n  cancel it again once that can be done",
                            run.id, to_text(run.status), problem->what()));
  close_dead_runs(opened.history, opened.live);
  const auto status = record_left_jobs_ended(run, ended, opened.history);
  if (arguments.json)
    fmt::print("{}\n", json_document({{"run_id", run.id}, {"status", to_text(status)}}));
  else
    fmt::print("run {} is {}\n", run.id, to_text(status));
  return true;
}

}  // namespace

int cancel_command(const Arguments& arguments) {
  OpenedHistory opened(arguments);
  RunRecord run = opened.find_run(arguments.run);
  if (run.status == Status::queued) {
    OpenedHistory writing(arguments, Database::Mode::read_write);
    if (writing.history.cancel_queued(run.key, now())) {
      start_deliverer(writing.history, writing.state, writing.workspace.root);
      return tell_canceled(run, arguments);
    }
    run = opened.find_run(run.id);  // it has begun meanwhile
  }
  if (is_final(run.status) && end_what_it_left(run, arguments)) return 0;
  if (run.status == Status::not_responding)
    fail(ErrorKind::usage,
         "cannot cancel run {}: it is not running any more, since its `mlpipe run` was killed or "
         "crashed",
         run.id);
  if (is_final(run.status))
    fail(ErrorKind::usage, "cannot cancel run {}: it is {} already", run.id, to_text(run.status));
  // The run's lock is held, so its driver lives and the process number is still its own.
  if (::kill(static_cast<pid_t>(run.pid), SIGTERM) != 0)
    fail_errno(errno,
               fmt::format("cannot cancel run {} (process {} on {})", run.id, run.pid, run.host));
  if (arguments.json)
    fmt::print("{}\n", json_document({{"run_id", run.id}, {"status", "CancelRequested"}}));
  else
    fmt::print("run {} was asked to end\n", run.id);
  return 0;
}

}  // namespace mlpipe
