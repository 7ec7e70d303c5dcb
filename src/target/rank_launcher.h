#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "target/rank_plan.h"

namespace mlpipe {

/// What the process that failed first is reported as.
struct RankFailure {
  std::string process;               ///< "rank 1", "worker 0", "parameter server 2"
  std::string how;                   ///< "exit code 3", "signal 9 (Killed)"
  std::filesystem::path stdout_log;  ///< Empty: the job's own.
  std::filesystem::path stderr_log;
};

/// The command line of a job whose main process starts `command` once for each rank, and waits:
///
///   PROGRAM ranks KIND PROCESSES PARAMETER_SERVERS LOGS -- COMMAND…
///
/// `program` is this program; "/proc/self/exe" will do where the supervisor starts it by itself.
[[nodiscard]] std::vector<std::string> ranked_command(const std::string& program,
                                                      const RankPlan& plan,
                                                      const std::vector<std::string>& command);

/// Of an attempt that ended with an exit code; nothing if no single rank is to blame.
[[nodiscard]] std::optional<RankFailure> rank_failure(const std::filesystem::path& logs);

/// To be called early in main(): if this process was started by such a command line, do it; gives
/// the exit code.
///
/// All processes run the same command, each in a process group of its own. It ends with 0 if all
/// ranks do; parameter servers, which do not end by themselves, are ended then. If one fails, the
/// others are ended (TERM, after five seconds KILL), and its exit code, or 128 + its signal, is
/// this one's. TERM is passed on. Killed, it leaves its ranks to the supervisor, as every main
/// process does what it leaves behind.
[[nodiscard]] std::optional<int> run_as_rank_launcher(int argc, char** argv);

}  // namespace mlpipe
