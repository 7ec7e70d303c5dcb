#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"

namespace mlpipe {

/// This program once more, as it was when it was started even if its file was replaced since. It
/// goes on when the one that started it has ended, and after log-out: leader of a session of its
/// own, all signals as at log-in, no input, this process's environment.
struct BackgroundProcess {
  std::vector<std::string> argv;  ///< argv[0] is only what it is called.
  std::filesystem::path folder;   ///< Its working directory.
  /// What it writes to stdout and stderr is appended here; the folder is there already.
  std::filesystem::path log_file;
  /// Handed on as the descriptors 3, 4 …, which the program has to close, or keep from those it
  /// starts; nothing else of ours is.
  std::vector<const Fd*> descriptors = {};
};

/// Start it; gives its process number. Throws Error(system) if it cannot be started.
pid_t start_in_background(const BackgroundProcess& process);

/// Let go of those that have ended since. For a process that goes on itself, and waits for none of
/// them.
void forget_ended_in_background();

/// This program's own path, for what starts it later.
[[nodiscard]] std::filesystem::path own_program();

}  // namespace mlpipe
