#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/remote_machines.h"
#include "history/history.h"
#include "history/live_runs.h"

namespace mlpipe {

/// By machine_name() and the job's name.
using ExpectedJobs = std::set<std::pair<std::string, std::string>>;

/// What people should know of jobs on other machines that no driver watches any more: what they
/// are, and how they are ended (semantics.md 4). Those machines that are `used` anyhow are asked
/// whether they still run; those of a canceled run, which could not be told to end, are told. One
/// that is `expected` is about to be gone on with.
[[nodiscard]] std::vector<std::string> notices_of_left_jobs(History& history,
                                                            const LiveRuns& live_runs,
                                                            RemoteMachines& machines,
                                                            const std::set<std::string>& used,
                                                            const ExpectedJobs& expected);

/// What the machine of such a job is called: its compute target, if the workspace has one that
/// leads there; else what tells it from others.
[[nodiscard]] std::string place_of(const JobElsewhere& job, const Workspace& workspace);

/// Whether a run that has no driver any more has left jobs that may still run.
[[nodiscard]] std::vector<JobElsewhere> jobs_left_by(RunKey run, History& history);

/// End a job, and wait until it has ended: it is asked to first. What became of it, as a sentence
/// without its full stop. Throws Error(system) if its machine cannot be asked, or it does not end.
[[nodiscard]] std::string end_left_job(const JobElsewhere& job, History& history,
                                       RemoteMachines& machines);

/// All that a run without a driver had left has ended: it is Canceled now, if it was NotResponding.
/// What it is.
Status record_left_jobs_ended(const RunRecord& run, const std::vector<JobElsewhere>& jobs,
                              History& history);

}  // namespace mlpipe
