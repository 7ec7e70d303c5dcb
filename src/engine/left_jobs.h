#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/remote_machines.h"
#include "history/history.h"
#include "history/live_runs.h"

namespace mlpipe {

/// What the run that is planned may go on with.
struct ExpectedJobs {
  std::set<std::pair<std::string, std::string>> jobs;  ///< By machine_name() and the job's name.
  /// By machine_name() and the step's name: steps of which it is not known yet what they do.
  std::set<std::pair<std::string, std::string>> undecided;
};

/// What people should know of jobs on other machines that no driver watches any more: what they
/// are, and how they are ended (semantics.md 4). Those machines that are `used` anyhow are asked
/// whether they still run; those of a canceled run, which could not be told to end, are told. One
/// that is `expected` is about to be gone on with. `step_locks`: StateDirectory::step_locks().
[[nodiscard]] std::vector<std::string> notices_of_left_jobs(
    History& history, const LiveRuns& live_runs, RemoteMachines& machines,
    const std::set<std::string>& used, const ExpectedJobs& expected,
    const std::filesystem::path& step_locks);

/// What the machine of such a job is called: its compute target, if the workspace has one that
/// leads there; else what tells it from others.
[[nodiscard]] std::string place_of(const JobElsewhere& job, const Workspace& workspace);

/// Whether a run that has no driver any more has left jobs that may still run.
[[nodiscard]] std::vector<JobElsewhere> jobs_left_by(RunKey run, History& history);

/// What became of a job that was to be ended.
struct EndedJob {
  enum class How {
    ended,      ///< Now.
    succeeded,  ///< By itself: the next run that needs the same work takes its result.
    failed,     ///< By itself, in another way.
    orphaned,   ///< Since nobody had watched it for too long.
    taken_up,   ///< Another run goes on with it, and it is left alone.
  };

  JobElsewhere job;
  How how = How::ended;
  std::string text;  ///< A sentence without its full stop.
};

/// End a job, and wait until it has ended: it is asked to first. Throws Error(system) if its
/// machine cannot be asked, or it does not end. `step_locks`: StateDirectory::step_locks().
[[nodiscard]] EndedJob end_left_job(const JobElsewhere& job, History& history,
                                    RemoteMachines& machines,
                                    const std::filesystem::path& step_locks);

/// Nothing that a run without a driver had left is its own any more: it is Canceled now, if it was
/// NotResponding. What it is.
Status record_left_jobs_ended(const RunRecord& run, const std::vector<EndedJob>& jobs,
                              History& history);

}  // namespace mlpipe
