#pragma once

#include <sys/resource.h>

#include <chrono>
#include <optional>
#include <set>
#include <vector>

#include "target/process_tree.h"
#include "target/target.h"

namespace mlpipe {

using SteadyTime = std::chrono::steady_clock::time_point;

/// A child of the supervisor's that is not a job's main process: it was left behind by something.
struct Stray {
  pid_t pid = 0;
  JobMark mark;
};

/// What a job must know of the rest to tell whether something of it is left.
struct Surroundings {
  std::vector<Stray> strays;
  bool only_job = false;  ///< A stray that nobody knows is this job's.
};

/// One job from the start of its main process until nothing of it is left: who gets TERM and KILL,
/// and when. Holds no clock and no loop; the supervisor calls in when something is due.
class RunningJob {
 public:
  RunningJob(const Job& job, JobProcesses processes, SteadyTime now);

  /// TERM to all now, KILL after the grace period (`at_once`: KILL now).
  void cancel(bool at_once, SteadyTime now);
  /// The main process has ended and was waited for.
  void main_ended(int status, const struct rusage& usage, SteadyTime now);
  /// Do what is due. True when nothing of the job is left: result() is final.
  bool advance(SteadyTime now, const Surroundings& around);

  /// When advance() has something to do, if nothing happens before.
  [[nodiscard]] std::optional<SteadyTime> due() const;
  [[nodiscard]] bool main_is_running() const { return main_running_; }
  [[nodiscard]] pid_t main() const { return processes_.main(); }
  [[nodiscard]] const JobFinished& result() const { return result_; }

 private:
  void end_all(JobFinished::Outcome outcome, SteadyTime now);
  /// Whether something may be left; cheap, and nearly always "no" with certainty.
  [[nodiscard]] bool something_left(const Surroundings& around) const;
  [[nodiscard]] std::vector<ProcessEntry> find_left(const Surroundings& around);
  void signal_all(int signal, const Surroundings& around);

  JobProcesses processes_;
  std::chrono::milliseconds grace_;
  std::optional<SteadyTime> timeout_at_;
  std::optional<SteadyTime> term_at_;  ///< When TERM will be sent; nothing once it was.
  std::optional<SteadyTime> kill_at_;
  SteadyTime looked_at_;  ///< When it was last looked for what is left, or killed.
  bool main_running_ = true;
  bool term_sent_ = false;
  std::optional<JobFinished::Outcome> ended_by_us_;
  std::set<pid_t> lingering_;  ///< Outlived the main process and were signalled.
  JobFinished result_;
};

}  // namespace mlpipe
