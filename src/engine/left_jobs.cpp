#include "engine/left_jobs.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "base/error.h"
#include "base/text.h"

namespace mlpipe {

namespace {

using namespace std::chrono_literals;

void forget(const JobElsewhere& job, History& history) {
  history.begin_batch();
  history.job_ended(job);
  history.commit_batch();
}

/// Whether it still runs; nothing if that cannot be told.
std::optional<bool> still_runs(const JobElsewhere& job, RemoteMachines& machines) {
  try {
    return machines.host_called(job.machine).find_job(job.job) == JobState::running;
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// False if it still runs after that time.
bool has_ended_within(std::chrono::milliseconds time, RemoteHost& host, const std::string& job) {
  constexpr auto pause = 100ms;
  for (; time.count() > 0; time -= pause) {
    if (host.find_job(job) != JobState::running) return true;
    std::this_thread::sleep_for(pause);
  }
  return false;
}

}  // namespace

std::vector<std::string> notices_of_left_jobs(History& history, const LiveRuns& live_runs,
                                              RemoteMachines& machines,
                                              const std::set<std::string>& used,
                                              const ExpectedJobs& expected) {
  std::vector<std::string> notices;
  for (const auto& job : history.jobs_elsewhere()) {
    if (live_runs.is_alive(job.run) || expected.contains({job.machine, job.job})) continue;
    if (machines.known({job.machine}).empty()) continue;  // nobody here can end it
    const auto runs =
        used.contains(job.machine) ? still_runs(job, machines) : std::optional<bool>();
    if (runs == false) {
      forget(job, history);
      continue;
    }
    const auto& target = machines.target_called(job.machine);
    notices.push_back(fmt::format(
        "step '{}' of run {}, which has no mlpipe any more, {} on compute target '{}': `mlpipe "
        "cancel {}` ends it (by itself it ends once nobody has watched it for {})",
        job.step, job.run_id, runs ? "still runs" : "may still run", target.name, job.run_id,
        duration_text(target.ssh->orphan_timeout)));
  }
  return notices;
}

std::string place_of(const JobElsewhere& job, const Workspace& workspace) {
  for (const auto& target : workspace.compute_targets)
    if (target.ssh && machine_name(target) == job.machine) return target.name;
  return job.machine;
}

std::vector<JobElsewhere> jobs_left_by(RunKey run, History& history) {
  auto jobs = history.jobs_elsewhere();
  std::erase_if(jobs, [run](const JobElsewhere& job) { return job.run != run; });
  return jobs;
}

std::string end_left_job(const JobElsewhere& job, History& history, RemoteMachines& machines) {
  if (machines.known({job.machine}).empty())
    fail(
        ErrorKind::usage,
        "step '{}' may still run on '{}', and no compute target of mlpipe.yaml is that machine any "
        "more: add it again, then cancel once more",
        job.step, printable(job.machine));
  const auto& target = machines.target_called(job.machine).name;
  auto& host = machines.host_called(job.machine);
  host.stop_trying();
  std::string became = "had ended already";
  if (host.find_job(job.job) == JobState::running) {
    host.end_job_called(job.job, false);
    if (!has_ended_within(30s, host, job.job)) host.end_job_called(job.job, true);
    if (!has_ended_within(10s, host, job.job))
      fail(ErrorKind::system,
           "step '{}' on compute target '{}' was asked to end, and did not within 40 s: look at "
           "its processes there",
           job.step, target);
    became = "was ended";
  }
  forget(job, history);
  return fmt::format("step '{}' {} on compute target '{}'", job.step, became, target);
}

}  // namespace mlpipe
