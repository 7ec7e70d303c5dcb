#pragma once

#include <sys/types.h>

#include "base/file.h"

namespace mlpipe {

/// A supervisor ends what its jobs leave, and its driver does when the supervisor is killed. For
/// the moment in which both are killed there is the guard: a process that does nothing but wait
/// until the supervisor is gone, and then kills all that carries its mark (JobMark).
class SupervisorGuard {
 public:
  /// In the supervisor, before any thread and job; forks. The guard keeps nothing of it open.
  SupervisorGuard();
  /// Nothing of the jobs is left: the guard is not needed. Without this, what is left of them is
  /// killed once this object or its process ends.
  void dismiss() const;

  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  Fd alive_;  ///< Closed by the kernel when the supervisor ends, however that comes.
  pid_t pid_ = 0;
};

}  // namespace mlpipe
