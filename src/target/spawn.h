#pragma once

#include <sys/types.h>

#include <string>

#include "target/process_tree.h"
#include "target/target.h"

namespace mlpipe {

/// What came of an attempt to start a program.
struct Spawned {
  pid_t pid = 0;        ///< 0: it was not started.
  std::string problem;  ///< Why not, for people.
};

/// Start the job's main process: leader of its own session and process group, no input, outputs in
/// its files, no other descriptor of ours, all signals as at log-in, exactly its environment,
/// carrying `mark`; killed by the kernel when the calling thread ends. Never throws.
///
/// Shares memory with the child until that has called exec, so only for a small process that has
/// one thread and no signal handlers: the supervisor.
[[nodiscard]] Spawned spawn(const Job& job, JobMark mark) noexcept;

}  // namespace mlpipe
