#include "engine/left_jobs.h"

#include <fmt/format.h>

#include <algorithm>
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

/// Its run was canceled while the machine was away: it gets the order to end now.
std::string end_as_ordered(const JobElsewhere& job, const std::string& target, History& history,
                           RemoteMachines& machines) {
  constexpr auto most_of_it = 7s;  // a bit more than the grace period
  auto& host = machines.host_called(job.machine);
  bool has_ended = false;
  try {
    host.end_job_called(job.job, false);
    has_ended = has_ended_within(most_of_it, host, job.job);
  } catch (const Error&) {
    return fmt::format(
        "step '{}' of run {}, which was canceled, may still run on compute target '{}', which is "
        "lost again: `mlpipe cancel {}` ends it",
        job.step, job.run_id, target, job.run_id);
  }
  if (has_ended) forget(job, history);
  return fmt::format(
      "step '{}' of run {}, which was canceled while compute target '{}' could not be reached, "
      "still ran there: {}",
      job.step, job.run_id, target, has_ended ? "it was ended now" : "it was asked to end now");
}

/// Of a job of which it is not known that it has ended.
std::string notice_of(const JobElsewhere& job, bool is_known_to_run,
                      const ComputeTargetConfig& target) {
  if (job.run_status == Status::canceled)
    return fmt::format(
        "step '{}' of run {}, which was canceled while compute target '{}' could not be reached, "
        "may still run there: the next run that works there ends it, or `mlpipe cancel {}`",
        job.step, job.run_id, target.name, job.run_id);
  return fmt::format(
      "step '{}' of run {}, which has no mlpipe any more, {} on compute target '{}': `mlpipe "
      "cancel {}` ends it (by itself it ends once nobody has watched it for {})",
      job.step, job.run_id, is_known_to_run ? "still runs" : "may still run", target.name,
      job.run_id, duration_text(target.ssh->orphan_timeout));
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
    notices.push_back(runs && job.run_status == Status::canceled
                          ? end_as_ordered(job, target.name, history, machines)
                          : notice_of(job, runs.has_value(), target));
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

namespace {

constexpr auto ended_by_cancel = "`mlpipe cancel` ended it where it was left";

void cancel_left_step(StepRunRecord step, bool was_left, History& history) {
  step.status = Status::canceled;
  step.finished = now();
  step.message = was_left ? ended_by_cancel : "its `mlpipe run` was killed or crashed";
  for (auto attempt : history.attempts_of(step.key)) {
    if (is_final(attempt.status)) continue;
    attempt.status = Status::canceled;
    attempt.message = step.message;
    attempt.finished = step.finished;
    history.save_attempt(step.key, attempt);
  }
  history.update_step(step);
}

}  // namespace

Status record_left_jobs_ended(const RunRecord& run, const std::vector<JobElsewhere>& jobs,
                              History& history) {
  history.begin_batch();
  for (auto& step : history.steps_of(run.key)) {
    const bool was_left = std::any_of(jobs.begin(), jobs.end(), [&step](const JobElsewhere& job) {
      return job.step_run == step.key;
    });
    if (run.status == Status::not_responding &&
        (!is_final(step.status) || step.status == Status::not_responding)) {
      cancel_left_step(step, was_left, history);
    } else if (was_left) {
      step.message += fmt::format("\n{}", ended_by_cancel);
      history.update_step(step);
    }
  }
  const bool becomes_canceled = run.status == Status::not_responding;
  if (becomes_canceled)
    history.finish_run(run.key, Status::canceled,
                       "its `mlpipe run` was killed or crashed; `mlpipe cancel` ended what it had "
                       "left on other machines",
                       now());
  history.commit_batch();
  return becomes_canceled ? Status::canceled : run.status;
}

}  // namespace mlpipe
