#include "engine/run_unchanged.h"

#include <optional>
#include <vector>

#include "base/error.h"
#include "engine/deliverer.h"
#include "engine/end_of_run.h"
#include "engine/opened_pipeline.h"
#include "engine/record_run.h"
#include "engine/state_directory.h"
#include "engine/unchanged_run_file.h"
#include "engine/unfinished_runs.h"
#include "history/live_runs.h"

namespace mlpipe {

namespace {

RunRecord record_of(const UnchangedRun& unchanged, const RunRequest& request) {
  RunRecord run = new_run(request);
  run.pipeline = unchanged.pipeline;
  run.experiment = unchanged.experiment;
  run.spec_file = unchanged.spec_file;
  run.steps_of = unchanged.run;
  run.tags.insert(unchanged.tags.begin(), unchanged.tags.end());
  run.parameters = unchanged.parameters;
  run.properties = unchanged.properties;
  return run;
}

/// In one transaction, which also sees that no result was withdrawn: none can be collected before
/// this run holds it. False, with nothing written, if one may have been.
bool begin_unchanged(RunRecord& run, const UnchangedRun& unchanged, History& history,
                     LiveRuns& live_runs) {
  history.begin_batch();
  if (history.withdrawn_results() != unchanged.withdrawn_results ||
      !history.may_show_steps_of(unchanged.run, unchanged.run_id, unchanged.pipeline) ||
      !history.jobs_elsewhere().empty()) {
    history.abandon_batch();
    return false;
  }
  history.begin_run(run);
  live_runs.hold(run.key);
  history.commit_batch();
  return true;
}

void tell_steps(const RunRecord& run, const UnchangedRun& unchanged, Reporter& reporter) {
  std::vector<std::string> names;
  names.reserve(unchanged.steps.size());
  for (const auto& [name, reason] : unchanged.steps) names.push_back(name);
  for (const auto& notice : unchanged.notices) reporter.note("", notice);
  reporter.run_started(run, names, {});
  for (const auto& [name, reason] : unchanged.steps)
    reporter.step_changed({.run = run.key,
                           .step = name,
                           .status = Status::completed,
                           .reused = true,
                           .reason = reason,
                           .started = run.started,
                           .finished = run.started},
                          {});
}

void end_unchanged(RunRecord& run, const GitState& git, History& history) {
  history.begin_batch();
  record_git(git, run.key, history);
  run.status = Status::completed;
  run.finished = now();
  history.finish_run(run.key, run.status, "", run.finished);
  history.commit_batch();
}

}  // namespace

std::optional<RunResult> run_unchanged(const RunRequest& request, const Hash& key,
                                       Reporter& reporter, ComparedRun& compared) {
  RunResult result;
  const TimePoint started = now();
  TimePoint mark = started;
  const Workspace workspace =
      open_workspace(request.workspace, std::filesystem::absolute(request.spec_file).parent_path());
  const StateDirectory state{workspace.state_directory};
  if (!state.exists()) return std::nullopt;
  compared.state =
      make_state_directory(workspace);  // says in its own words if it cannot be written
  const auto unchanged = read_unchanged_run(state, key);
  if (unchanged)
    compared.git = std::make_unique<GitInBackground>(
        std::vector<std::filesystem::path>(unchanged->git_folders.begin(),
                                           unchanged->git_folders.end()),
        workspace.record_git_diff);
  compared.store_users = std::make_unique<StoreUsers>(state.store_locks());
  (void)compared.store_users->join();  // before objects are looked for: gc leaves them alone
  {
    WorkerPool pool;
    compared.seen = see_again(state, key, pool);
  }
  if (!unchanged || !compared.seen || !still_holds(*unchanged, *compared.seen, own_environment()))
    return std::nullopt;
  History history(state.database(), Database::Mode::read_write);
  LiveRuns live_runs(state.run_locks());
  close_dead_runs(history, live_runs);
  result.stats.comparing = lap(mark);

  RunRecord run = record_of(*unchanged, request);
  run.started = started;
  if (!begin_unchanged(run, *unchanged, history, live_runs)) return std::nullopt;
  tell_steps(run, *unchanged, reporter);
  result.stats.executing = lap(mark);

  end_unchanged(run, compared.git->answer(), history);
  remove_leftovers(state, history, live_runs, run.key, {});
  start_what_waits(workspace, state, history);
  result.stats.git = lap(mark);

  result.summary = {.run = run,
                    .counts = {.total = unchanged->steps.size(), .reused = unchanged->steps.size()},
                    .elapsed = run.finished - run.started};
  reporter.run_finished(result.summary);
  return result;
}

}  // namespace mlpipe
