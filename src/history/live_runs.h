#pragma once

#include <filesystem>

#include "base/file_lock.h"
#include "core/run.h"

namespace mlpipe {

/// Which runs have a living driver: each driver holds one kernel lock while it lives, so a run that
/// says Running and whose lock is free is NotResponding, without any heartbeat.
class LiveRuns {
 public:
  explicit LiveRuns(const std::filesystem::path& lock_file) : locks_(lock_file) {}
  /// For commands that drive nothing: also on a read-only filesystem.
  LiveRuns(const std::filesystem::path& lock_file, LockFile::OnlyLook look)
      : locks_(lock_file, look) {}

  /// Called by the driver of a new run when it has a key, before others can see the run.
  void hold(RunKey run) { held_ = locks_.try_lock(offset(run)); }
  /// Whether another process drives this run now.
  [[nodiscard]] bool is_alive(RunKey run) const { return locks_.held_elsewhere(offset(run)); }

  /// Where a run's lock is in the file.
  static std::uint64_t offset(RunKey run) { return static_cast<std::uint64_t>(run.value); }

 private:
  LockFile locks_;
  bool held_ = false;
};

}  // namespace mlpipe
