#include "engine/unfinished_runs.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/file_lock.h"
#include "engine/start_gate.h"
#include "target/orphans.h"

namespace mlpipe {

void close_dead_runs(History& history, const LiveRuns& live_runs) {
  if (history.unfinished_runs().empty()) return;
  bool found = false;
  // In one transaction: a run that is unfinished in it, and has no driver, will never be finished.
  history.begin_batch();
  for (const auto& run : history.unfinished_runs()) {
    if (live_runs.is_alive(run.key)) continue;
    found = true;
    for (auto step : history.steps_of(run.key)) {
      if (is_final(step.status)) continue;
      step.status = Status::not_responding;
      step.message.clear();  // what was to be known of it while it went on
      step.finished = now();
      history.update_step(step);
    }
    history.finish_run(
        run.key, Status::not_responding,
        "its `mlpipe run` was killed or crashed; the next run goes on from what was finished",
        now());
  }
  history.commit_batch();
  if (found) end_leftovers();
}

void record_abort(RunKey run, const std::string& why, const StateDirectory& state,
                  History& history) {
  try {
    LockFile locks(state.step_locks());
    for (auto step : history.steps_of(run)) {
      if (is_final(step.status)) continue;
      if (step.fingerprint && locks.try_lock(work_lock_offset(*step.fingerprint)))
        remove_tree(state.work() / step.fingerprint->hex());
      step.status = Status::failed;
      step.message = why;
      step.finished = now();
      history.begin_batch();
      history.update_step(step);
    }
    history.begin_batch();
    history.finish_run(run, Status::failed, why, now());
    history.commit_batch();
  } catch (const std::exception&) {
    history.abandon_batch();
  }
}

}  // namespace mlpipe
