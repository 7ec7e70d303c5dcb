#pragma once

#include <filesystem>

#include "base/file.h"
#include "base/look_recorder.h"
#include "core/workspace.h"

namespace mlpipe {

/// Where a workspace keeps what it knows (semantics.md 1). Only names: nothing is touched.
struct StateDirectory {
  std::filesystem::path root;

  [[nodiscard]] std::filesystem::path database() const { return root / "mlpipe.db"; }
  [[nodiscard]] std::filesystem::path objects() const { return root / "objects"; }
  [[nodiscard]] std::filesystem::path work() const { return root / "work"; }
  [[nodiscard]] std::filesystem::path logs() const { return root / "logs"; }
  [[nodiscard]] std::filesystem::path cache() const { return root / "cache"; }
  [[nodiscard]] std::filesystem::path scratch() const { return root / "work" / "scratch"; }
  [[nodiscard]] std::filesystem::path stat_cache() const { return cache() / "stats"; }
  [[nodiscard]] std::filesystem::path interpreter_cache() const { return cache() / "interpreters"; }
  /// One lock per unfinished run, at the offset of its key (history/live_runs.h).
  [[nodiscard]] std::filesystem::path run_locks() const { return root / "runs.lock"; }
  /// One lock per executing fingerprint (engine/start_gate.h).
  [[nodiscard]] std::filesystem::path step_locks() const { return root / "steps.lock"; }

  /// One lock per process that uses the store (store/store_users.h).
  [[nodiscard]] std::filesystem::path store_locks() const { return root / "store.lock"; }
  /// One lock per address that is being fetched (engine/fetch_inputs.h).
  [[nodiscard]] std::filesystem::path fetch_locks() const { return root / "fetch.lock"; }
  /// One lock per run of the queue that may go on at a time (engine/run_queue.h).
  [[nodiscard]] std::filesystem::path queue_locks() const { return root / "queue.lock"; }
  /// What a driver in the background says (relative to `root`).
  [[nodiscard]] static std::filesystem::path driver_log(const std::string& run_id) {
    return std::filesystem::path("logs") / run_id / "driver.log";
  }
  /// Held by the one process that sends notifications (engine/deliverer.h).
  [[nodiscard]] std::filesystem::path notify_lock() const { return root / "notify.lock"; }
  /// Held by the one tick that is at work; its time is that of the last one.
  [[nodiscard]] std::filesystem::path tick_lock() const { return root / "tick.lock"; }
  /// Held by the one gc that is at work.
  [[nodiscard]] std::filesystem::path gc_lock() const { return root / "gc.lock"; }
  /// So much room, for gc to work in when the disk is full.
  [[nodiscard]] std::filesystem::path reserve() const { return root / "reserve"; }
  /// A random number: what this workspace is called on other machines hangs on it.
  [[nodiscard]] std::filesystem::path number() const { return root / "number"; }
  /// The machines behind SSH that were asked for something (engine/remote_machines.h).
  [[nodiscard]] std::filesystem::path machines() const { return root / "machines"; }
  /// What these said of their interpreters when they were asked last (engine/machine_memory.h).
  [[nodiscard]] std::filesystem::path machine_answers() const { return cache() / "machines"; }
  /// What ObjectStore moves damaged objects to.
  [[nodiscard]] std::filesystem::path quarantine() const { return root / "quarantine"; }
  /// Notes of copies that are being made beside outputs' paths (engine/unfinished_copy.h).
  [[nodiscard]] std::filesystem::path copies() const { return root / "copies"; }
  /// What gc is about to remove (ObjectStore::trash).
  [[nodiscard]] std::filesystem::path trash() const { return root / "trash"; }

  [[nodiscard]] bool exists() const {
    const LookRecorder::Pause aside;  // that runs are recorded changes no plan
    return stat_file(database()).has_value();
  }
};

/// Keep room for gc, unless it is kept already or there is none.
void keep_reserve(const StateDirectory& state);

/// Make the state directory (0700, with a .gitignore of its own) if it is not there.
///
/// Throws Error(system) if it lies on a network filesystem, where SQLite's WAL is unsafe, and says
/// to set `state_directory:`.
StateDirectory make_state_directory(const Workspace& workspace);

}  // namespace mlpipe
