#include "engine/left_jobs.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/error.h"
#include "base/file_lock.h"
#include "base/text.h"
#include "engine/start_gate.h"

namespace mlpipe {

namespace {

using namespace std::chrono_literals;

void forget(const JobElsewhere& job, History& history) {
  history.begin_batch();
  history.job_ended(job);
  history.commit_batch();
}

void add_line(std::string& message, std::string_view line) {
  if (line.empty()) return;
  if (!message.empty()) message += '\n';
  message += line;
}

/// While this holds a job, no other run takes it up: that would need the lock of its work first.
class HeldJob {
 public:
  HeldJob(const JobElsewhere& job, History& history, const std::filesystem::path& step_locks)
      : locks_(step_locks) {
    if (!locks_.try_lock(work_lock_offset(work_in(job.job)))) return;
    const auto jobs = history.jobs_elsewhere();  // as they are now
    is_held_ = std::any_of(jobs.begin(), jobs.end(), [&job](const JobElsewhere& other) {
      return other.machine == job.machine && other.job == job.job && other.step_run == job.step_run;
    });
  }

  /// False: another run goes on with it, or it has ended and is gone.
  explicit operator bool() const { return is_held_; }

 private:
  LockFile locks_;
  bool is_held_ = false;
};

/// What is there of it; nothing if that cannot be told.
std::optional<JobState> state_there(const JobElsewhere& job, RemoteMachines& machines) {
  try {
    return machines.host_called(job.machine).find_job(job.job);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string orphan_text(const ComputeTargetConfig& target) {
  return fmt::format(
      "was ended on compute target '{}', since no mlpipe had watched it for {} "
      "(`orphan_timeout`)",
      printable(target.name), duration_text(target.ssh->orphan_timeout));
}

/// Nobody was there to see it: its own run and this one say so.
std::string note_orphan(const JobElsewhere& job, const ComputeTargetConfig& target,
                        History& history) {
  const auto became = orphan_text(target);
  history.begin_batch();
  if (auto step = history.step_run(job.step_run)) {
    add_line(step->message, "it " + became);
    history.update_step(*step);
  }
  history.job_ended(job);
  history.commit_batch();
  return fmt::format("step '{}' of run {} {}", job.step, job.run_id, became);
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
  const bool has_ended = is_final(job.run_status) && job.run_status != Status::not_responding;
  return fmt::format(
      "step '{}' of run {}, which {}, {} on compute target '{}': `mlpipe "
      "cancel {}` ends it (by itself it ends once nobody has watched it for {})",
      job.step, job.run_id,
      has_ended ? fmt::format("ended as {}", to_text(job.run_status)) : "has no mlpipe any more",
      is_known_to_run ? "still runs" : "may still run", target.name, job.run_id,
      duration_text(target.ssh->orphan_timeout));
}

}  // namespace

std::vector<std::string> notices_of_left_jobs(History& history, const LiveRuns& live_runs,
                                              RemoteMachines& machines,
                                              const std::set<std::string>& used,
                                              const ExpectedJobs& expected,
                                              const std::filesystem::path& step_locks) {
  std::vector<std::string> notices;
  for (const auto& job : history.jobs_elsewhere()) {
    if (live_runs.is_alive(job.run) || machines.known({job.machine}).empty()) continue;
    const auto state =
        used.contains(job.machine) ? state_there(job, machines) : std::optional<JobState>();
    const auto& target = machines.target_called(job.machine);
    if (state == JobState::orphaned) notices.push_back(note_orphan(job, target, history));
    if (state == JobState::orphaned || expected.jobs.contains({job.machine, job.job})) continue;
    if (state && state != JobState::running) {
      forget(job, history);
      continue;
    }
    const bool runs = state.has_value();
    if (!runs || job.run_status != Status::canceled ||
        expected.undecided.contains({job.machine, job.step})) {
      notices.push_back(notice_of(job, runs, target));
      continue;
    }
    if (const HeldJob held(job, history, step_locks); held)
      notices.push_back(end_as_ordered(job, target.name, history, machines));
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

EndedJob end_left_job(const JobElsewhere& job, History& history, RemoteMachines& machines,
                      const std::filesystem::path& step_locks) {
  using How = EndedJob::How;
  if (machines.known({job.machine}).empty())
    fail(
        ErrorKind::usage,
        "step '{}' may still run on '{}', and no compute target of mlpipe.yaml is that machine any "
        "more: add it again, then cancel once more",
        job.step, printable(job.machine));
  const auto& target = machines.target_called(job.machine).name;
  const auto told = [&](How how, std::string_view became) {
    return EndedJob{
        .job = job,
        .how = how,
        .text = fmt::format("step '{}' {} on compute target '{}'", job.step, became, target)};
  };
  const HeldJob held(job, history, step_locks);
  if (!held) return told(How::taken_up, "is gone on with by another run");
  auto& host = machines.host_called(job.machine);
  host.stop_trying();
  const auto state = host.find_job(job.job);
  if (state == JobState::running) {
    host.end_job_called(job.job, false);
    if (!has_ended_within(30s, host, job.job)) host.end_job_called(job.job, true);
    if (!has_ended_within(10s, host, job.job))
      fail(ErrorKind::system,
           "step '{}' on compute target '{}' was asked to end, and did not within 40 s: look at "
           "its processes there",
           job.step, target);
  }
  forget(job, history);
  if (state == JobState::running) return told(How::ended, "was ended");
  if (state == JobState::orphaned)
    return {.job = job,
            .how = How::orphaned,
            .text = fmt::format("step '{}' {}", job.step,
                                orphan_text(machines.target_called(job.machine)))};
  return told(state == JobState::succeeded ? How::succeeded : How::failed, "had ended already");
}

namespace {

/// What the step's record says of it; nothing where another run's says the rest.
std::string_view text_of(EndedJob::How how) {
  switch (how) {
    case EndedJob::How::ended:
      return "`mlpipe cancel` ended it where it was left";
    case EndedJob::How::succeeded:
      return "it had ended by itself where it was left: the next run that needs the same work "
             "takes "
             "its result";
    case EndedJob::How::failed:
      return "it had ended by itself where it was left";
    case EndedJob::How::orphaned:
      return "it had been ended where it was left, since no mlpipe had watched it for its "
             "`orphan_timeout`";
    case EndedJob::How::taken_up:
      return {};
  }
  return {};
}

void cancel_left_step(StepRunRecord step, History& history) {
  step.status = Status::canceled;
  step.finished = now();
  if (step.message.empty()) step.message = "its `mlpipe run` was killed or crashed";
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

Status record_left_jobs_ended(const RunRecord& run, const std::vector<EndedJob>& jobs,
                              History& history) {
  history.begin_batch();
  bool has_ended_some = false;
  for (auto& step : history.steps_of(run.key)) {
    const auto left = std::find_if(jobs.begin(), jobs.end(), [&step](const EndedJob& ended) {
      return ended.job.step_run == step.key;
    });
    if (left != jobs.end()) {
      add_line(step.message, text_of(left->how));
      has_ended_some = has_ended_some || left->how == EndedJob::How::ended;
    }
    if (run.status == Status::not_responding &&
        (!is_final(step.status) || step.status == Status::not_responding))
      cancel_left_step(step, history);
    else if (left != jobs.end())
      history.update_step(step);
  }
  const bool becomes_canceled = run.status == Status::not_responding;
  if (becomes_canceled)
    history.finish_run(run.key, Status::canceled,
                       has_ended_some ? "its `mlpipe run` was killed or crashed; `mlpipe cancel` "
                                        "ended what it had left on other machines"
                                      : "its `mlpipe run` was killed or crashed; what it had left "
                                        "on other machines had ended, or is another run's now",
                       now());
  history.commit_batch();
  return becomes_canceled ? Status::canceled : run.status;
}

}  // namespace mlpipe
