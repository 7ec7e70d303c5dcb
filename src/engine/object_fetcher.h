#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/worker_pool.h"
#include "engine/remote_machines.h"
#include "store/object_store.h"

namespace mlpipe {

/// Brings outputs that lie on other machines into the store of this one. Any thread.
class ObjectFetcher {
 public:
  /// All outlive it. `scratch`: for what comes.
  ObjectFetcher(RemoteMachines& machines, ObjectStore& store, std::filesystem::path scratch)
      : machines_(machines), store_(store), scratch_(std::move(scratch)) {}

  /// See that the object is in the store, whole. `from`: where it may lie, by machine_name(); those
  /// that the workspace does not have are left out. False if none of them has it. Throws
  /// Error(system) if one cannot be reached, and no other has it.
  [[nodiscard]] bool fetch(const Hash& object, const std::vector<std::string>& from,
                           WhenCanceled when_canceled = WhenCanceled::finish);

  /// Runs a piece of work that fetches, soon, on another thread: it waits for the network. It does
  /// not throw.
  void in_background(std::function<void()> work);

 private:
  [[nodiscard]] bool bring(const Hash& object, const std::vector<std::string>& from,
                           WhenCanceled when_canceled);

  RemoteMachines& machines_;
  ObjectStore& store_;
  std::filesystem::path scratch_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::set<Hash> coming_;
  std::optional<WorkerPool> pool_;  ///< Last: its work uses all the above.
};

}  // namespace mlpipe
