#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mlpipe {

/// A program that takes over this process's terminal for a while.
struct ForegroundProgram {
  std::vector<std::string> argv;  ///< argv[0] is an absolute path.
  std::filesystem::path work_directory;
  std::vector<std::string> environment;  ///< The whole of it, "NAME=value" each.
};

/// Run it to its end on this process's own stdin, stdout and stderr, in its process group, so that
/// a shell can do job control. Ctrl-C and Ctrl-\ are the program's meanwhile; TERM and HUP are
/// passed on as HUP, which ends a shell. What it did to the terminal's modes is undone. Gives its
/// exit code, 128 + signal if a signal ended it. Throws Error(system) if it cannot be started.
[[nodiscard]] int run_in_foreground(const ForegroundProgram& program);

}  // namespace mlpipe
