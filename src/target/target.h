#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"

namespace mlpipe {

struct JobId {
  std::uint64_t value = 0;

  auto operator<=>(const JobId&) const = default;
};

/// What a compute target is asked to run. Knows nothing of pipelines.
struct Job {
  JobId id;
  std::string name;  ///< For messages.
  std::vector<std::string>
      argv;  ///< argv[0] is an absolute path, or looked up in PATH of `environment`.
  /// If not empty: a program with arguments (bubblewrap) to whose command line another program's
  /// can be added, which it then starts where less is to be seen. `argv` is started there.
  std::vector<std::string> enclosure;
  std::vector<std::string> environment;  ///< The whole environment, "NAME=value" each.
  std::filesystem::path work_directory;  ///< Absolute; exists.
  std::filesystem::path stdout_file;     ///< Absolute; made anew.
  std::filesystem::path stderr_file;     ///< Absolute; made anew.
  std::chrono::milliseconds timeout{0};  ///< 0: none.
  /// Between TERM and KILL, and for what the main process leaves behind.
  std::chrono::milliseconds grace{5000};
};

struct JobStarted {
  JobId job;
  std::int64_t pid = 0;
  TimePoint at{};
  bool goes_on = false;  ///< On another machine: an earlier driver had begun it.
};

/// It cannot begin yet: what it asks for is taken. Told once more where it waits for something
/// else.
struct JobWaits {
  JobId job;
  std::string what;  ///< "1 GPU", "2 cpus" …
  TimePoint at{};
};

/// What a job used, as the kernel counts it for the main process and the children it waited for.
struct JobUsage {
  Duration user_time{};
  Duration system_time{};
  std::uint64_t peak_memory_bytes = 0;  ///< Of the largest single process.
};

struct JobFinished {
  enum class Outcome {
    exited,     ///< `exit_code` says how.
    signalled,  ///< Ended by `signal`, not by us.
    timed_out,
    cancelled,
    not_started,  ///< `message` says why (no such program …).
    lost,         ///< The supervisor is gone; nobody knows.
    unprepared,   ///< Only on other machines: something that it needs is not there any more.
  };

  JobId job;
  Outcome outcome = Outcome::exited;
  int exit_code = 0;
  int signal = 0;
  std::string message;
  int lingering = 0;  ///< Processes that outlived the main one and had to be killed.
  JobUsage usage;
  TimePoint at{};  ///< When the main process ended.
  /// Of a job on another machine that failed: what its metrics file held, and when that was written
  /// last. No other target says so.
  std::string metrics;
  TimePoint metrics_at{};
  bool may_still_run = false;  ///< Of a lost one: its machine is out of reach, and it may go on.

  [[nodiscard]] bool succeeded() const { return outcome == Outcome::exited && exit_code == 0; }
};

using JobEvent = std::variant<JobStarted, JobWaits, JobFinished>;

/// Where a target leaves its events. Called from a thread of the target's.
using JobEventSink = std::function<void(JobEvent)>;

/// A place where jobs run: this machine; later a machine behind SSH, a Slurm cluster.
///
/// Contract, checked for every implementation by tests/contract:
///  - submit() and cancel() return at once and do not throw;
///  - each submitted job yields at most one JobStarted, JobWaits only before it, and then exactly
///    one JobFinished, through the sink given at construction;
///  - when JobFinished comes, no process of the job is left;
///  - cancel() sends TERM to the whole tree, KILL after the grace period; with `at_once` KILL now;
///    for a finished or unknown job it does nothing;
///  - the destructor kills what is left and returns after the last event.
class ComputeTarget {
 public:
  ComputeTarget() = default;
  virtual ~ComputeTarget() = default;
  ComputeTarget(const ComputeTarget&) = delete;
  ComputeTarget& operator=(const ComputeTarget&) = delete;

  virtual void submit(const Job& job) = 0;
  virtual void cancel(JobId job, bool at_once) = 0;
};

}  // namespace mlpipe
