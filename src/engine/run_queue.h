#pragma once

#include <functional>
#include <optional>

#include "base/file_lock.h"
#include "core/workspace.h"
#include "engine/state_directory.h"
#include "registry/endpoints.h"
#include "registry/submissions.h"

namespace mlpipe {

/// How many runs of the queue go on at a time in a workspace that does not say:
/// as many as the machine has processors, at least two.
[[nodiscard]] int most_runs_at_a_time(const Workspace& workspace);

/// Start processes in the background that work the queue off: one for each run that may begin now,
/// as far as there are slots, and at most `most_new`. Costs next to nothing otherwise. Within a
/// step nothing is started: it would end with the step. Throws Error(system).
void start_queue_workers(const Workspace& workspace, const StateDirectory& state, History& history,
                         int most_new);

/// Works the queue off: takes a slot, drives what waits in its order, one run after the other, and
/// ends when nothing can be started.
///
/// What may go on is kept by kernel locks alone, so that nothing is left behind by a kill: a worker
/// holds a slot of the workspace, which its driver holds, too; whoever drives a run holds that
/// run's lock (history/live_runs.h), which the worker takes and hands on. Until a driver has begun
/// a run, it is Queued, and another one may take it.
class QueueWorker {
 public:
  explicit QueueWorker(Workspace workspace);

  void work();

 private:
  struct Claim {
    QueuedRun run;
    LockFile lock;
  };

  [[nodiscard]] bool take_slot();
  /// The first run that may go on, held by its lock. Claims of a workspace are one after the other.
  [[nodiscard]] std::optional<Claim> claim_next();
  /// False: the system failed, and it is to end.
  [[nodiscard]] bool drive(Claim claim);
  /// After its driver ended: `exit_code` nothing if a signal ended it. As drive().
  [[nodiscard]] bool settle(const QueuedRun& run, std::optional<int> exit_code);

  Workspace workspace_;
  StateDirectory state_;
  History history_;
  Submissions submissions_;
  Endpoints endpoints_;
  LockFile slots_;
  std::uint64_t slot_ = 0;
};

/// The driver of a run of the queue holds its locks, which it was given as descriptors 3 and 4, to
/// its end, and hands them to nobody. Throws Error(usage) if it was not given them.
class DriverLocks {
 public:
  DriverLocks(const StateDirectory& state, RunKey run);

 private:
  Fd run_;
  Fd slot_;
};

}  // namespace mlpipe
