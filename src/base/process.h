#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mlpipe {

/// A short-lived program of which the answer is wanted (git, an interpreter). Steps are not run by
/// this: see target/.
struct ProcessSpec {
  std::vector<std::string> argv;  ///< argv[0] is looked up in PATH.
  std::filesystem::path work_directory;
  /// The whole environment, "NAME=value" each; nothing: this process's own.
  std::optional<std::vector<std::string>> environment;
  std::string stdin_text;
  std::chrono::milliseconds timeout{30000};
  std::size_t output_limit = std::size_t{64} << 20U;  ///< Bytes of stdout that are kept.
  const std::atomic<bool>* stop = nullptr;  ///< Once it is true, as if the time-out had come.
};

struct ProcessResult {
  int exit_code = 0;  ///< 128 + signal when a signal ended it; 127: no such program.
  std::string out;
  std::string err;  ///< At most the last 64 KiB.
  bool timed_out = false;

  [[nodiscard]] bool ok() const { return exit_code == 0 && !timed_out; }
};

using RunProcess = std::function<ProcessResult(const ProcessSpec&)>;

/// The real thing: posix_spawn on this machine, stdout and stderr captured, killed at the time-out.
/// Throws Error(system) only if no process can be made at all.
[[nodiscard]] ProcessResult run_process(const ProcessSpec& spec);

/// The program's absolute path as a shell would find it in `path` (a PATH value); nothing if none.
[[nodiscard]] std::optional<std::filesystem::path> find_program(const std::string& name,
                                                                const std::string& path);

}  // namespace mlpipe
