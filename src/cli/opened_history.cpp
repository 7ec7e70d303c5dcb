#include "cli/opened_history.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "cli/requests.h"
#include "engine/opened_pipeline.h"

namespace mlpipe {

namespace {

StateDirectory state_of(const Arguments& arguments) {
  const auto workspace =
      open_workspace(explicit_workspace(arguments), std::filesystem::current_path());
  StateDirectory state{workspace.state_directory};
  if (!state.exists())
    fail(ErrorKind::not_found,
         "nothing was run yet in the workspace '{}' (choose another with -C DIR)",
         workspace.root.string());
  return state;
}

}  // namespace

OpenedHistory::OpenedHistory(const Arguments& arguments)
    : state(state_of(arguments)),
      history(state.database(), Database::Mode::read_only),
      live(state.run_locks(), LockFile::OnlyLook{}) {}

RunRecord OpenedHistory::find_run(const std::string& id) {
  RunRecord run = history.find_run(id);
  run.status = live.current_status(run);
  return run;
}

StepRunRecord OpenedHistory::find_step(const RunRecord& run, const std::string& name) {
  std::vector<std::string> known;
  for (auto& step : history.steps_of(run.key)) {
    if (step.step == name) return std::move(step);
    known.push_back(step.step);
  }
  fail(ErrorKind::not_found, "run {} has no step '{}'{}", run.id, name, did_you_mean(name, known));
}

StepRunKey OpenedHistory::producer_of(const StepRunRecord& step) {
  if (!step.reused || !step.result) return step.key;
  const auto result = history.find_result(*step.result);
  return result ? result->producer : step.key;
}

}  // namespace mlpipe
