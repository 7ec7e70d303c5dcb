#include "cli/opened_history.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "cli/explicit_workspace.h"
#include "engine/opened_pipeline.h"

namespace mlpipe {

namespace {

Workspace workspace_of(const Arguments& arguments) {
  auto workspace = open_workspace(explicit_workspace(arguments), std::filesystem::current_path());
  if (!StateDirectory{workspace.state_directory}.exists())
    fail(ErrorKind::not_found,
         "there are no runs in the workspace '{}' yet; `mlpipe run SPEC` makes one, -C DIR chooses "
         "another workspace",
         workspace.root.string());
  return workspace;
}

}  // namespace

StateDirectory state_of(const Arguments& arguments) {
  return {workspace_of(arguments).state_directory};
}

OpenedHistory::OpenedHistory(const Arguments& arguments, Database::Mode mode)
    : OpenedHistory(workspace_of(arguments), mode) {}

OpenedHistory::OpenedHistory(Workspace opened_workspace, Database::Mode mode)
    : workspace(std::move(opened_workspace)),
      state{workspace.state_directory},
      history(state.database(), mode),
      live(state.run_locks(), LockFile::OnlyLook{}) {}

RunRecord OpenedHistory::find_run(const std::string& id) {
  try {
    return as_it_is_now(history.find_run(id));
  } catch (const Error& error) {
    // People write the step alone: `mlpipe logs train`.
    const auto newest = history.newest_runs(1);
    if (error.kind() == ErrorKind::not_found && !newest.empty())
      for (const auto& step : history.steps_of(newest.front().key))
        if (step.step == id)
          fail(ErrorKind::not_found,
               "there is no run '{}'; the newest run has a step of that name: write `latest {}`",
               id, id);
    throw;
  }
}

RunRecord OpenedHistory::as_it_is_now(RunRecord run) {
  if (is_final(run.status) || run.status == Status::queued || live.is_alive(run.key)) return run;
  run = history.find_run(run.id);  // it may have ended well between the two looks
  if (is_final(run.status)) return run;
  run.status = Status::not_responding;
  run.message.clear();  // it was true while there was a driver
  return run;
}

std::vector<StepRunRecord> OpenedHistory::steps_of(const RunRecord& run) {
  auto steps = history.steps_of(run.key);
  if (run.status == Status::not_responding)
    for (auto& step : steps)
      if (!is_final(step.status)) {
        step.status = Status::not_responding;
        step.message.clear();
      }
  return steps;
}

StepRunRecord OpenedHistory::find_step(const RunRecord& run, const std::string& name) {
  std::vector<std::string> known;
  for (auto& step : steps_of(run)) {
    if (step.step == name) return std::move(step);
    known.push_back(step.step);
  }
  constexpr std::size_t most_named = 20;
  fail(ErrorKind::not_found, "run {} has no step '{}'{}{}", run.id, printable(name),
       did_you_mean(name, known),
       known.size() > most_named ? "" : fmt::format("; it has {}", fmt::join(known, ", ")));
}

StepRunKey OpenedHistory::producer_of(const StepRunRecord& step) {
  if (!step.reused || !step.result) return step.key;
  const auto result = history.find_result(*step.result);
  return result ? result->producer : step.key;
}

}  // namespace mlpipe
