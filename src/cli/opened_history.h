#pragma once

#include "cli/arguments.h"
#include "core/workspace.h"
#include "engine/state_directory.h"
#include "history/history.h"
#include "history/live_runs.h"

namespace mlpipe {

/// Where the workspace that a command is about keeps its state. Throws Error(not_found) if nothing
/// was ever run in it.
[[nodiscard]] StateDirectory state_of(const Arguments& arguments);

/// The history of the workspace that a command is about, to be read, or for small changes.
struct OpenedHistory {
  /// Throws Error(not_found) if nothing was ever run in it.
  explicit OpenedHistory(const Arguments& arguments,
                         Database::Mode mode = Database::Mode::read_only);
  /// Of a workspace that has one.
  OpenedHistory(Workspace opened_workspace, Database::Mode mode);

  Workspace workspace;
  StateDirectory state;
  History history;
  LiveRuns live;

  /// A run by id, with its status as it is now (NotResponding if its driver died).
  [[nodiscard]] RunRecord find_run(const std::string& id);
  /// The same for a run that was read just now.
  [[nodiscard]] RunRecord as_it_is_now(RunRecord run);
  /// All steps of a run; of a dead driver's run none is Running any more.
  [[nodiscard]] std::vector<StepRunRecord> steps_of(const RunRecord& run);
  /// One step of a run. Throws Error(not_found), with the nearest name.
  [[nodiscard]] StepRunRecord find_step(const RunRecord& run, const std::string& name);
  /// Where a step's logs, metrics and attempts are recorded: a reused step's are its producer's.
  [[nodiscard]] StepRunKey producer_of(const StepRunRecord& step);
};

}  // namespace mlpipe
