// The part of the scheduler that knows what steps on other machines have of their own: jobs that
// are recorded, waits over there, connections.
#include <fmt/format.h>

#include "base/text.h"
#include "engine/scheduler.h"

namespace mlpipe {

std::optional<JobElsewhere> Scheduler::job_elsewhere(StepId step) const {
  if (!is_elsewhere(step)) return std::nullopt;
  return JobElsewhere{.machine = machine_name(*world_.places.of(step).target),
                      .job = directory_name(step),
                      .step_run = steps_[step.index].record.key};
}

/// Both runs say so.
void Scheduler::go_on_with(StepId step, const JobElsewhere& job) {
  const auto run = world_.history.take_up_job(job, run_.id);
  const auto who = run.empty() ? "an earlier run" : fmt::format("an earlier run ({})", run);
  note(step, fmt::format("it was begun by {}, and is gone on with", who));
  steps_[step.index].executed->attempt.message = "begun by " + who;
}

void Scheduler::note_job_ended(StepId step, const JobFinished& event) {
  // One that was never begun here may be an earlier run's.
  const bool was_begun = steps_[step.index].executed->attempt.pid != 0;
  if (event.outcome == JobFinished::Outcome::lost && (event.may_still_run || !was_begun)) return;
  const auto job = job_elsewhere(step);
  if (!job) return;
  world_.history.begin_batch();
  world_.history.job_ended(*job);
}

void Scheduler::note_lost(StepId step, const JobFinished& event, bool cancelled) {
  if (!cancelled) (is_elsewhere(step) ? machine_failed_ : system_failed_) = true;
  if (cancelled) note(step, event.message);
  if (event.may_still_run)
    left_running_.push_back({.step = steps_[step.index].record.step,
                             .compute_target = world_.places.of(step).target->name});
}

/// A line for those who look at the step later: what it left on another machine, where it began.
std::string Scheduler::kept_directory_text(StepId step) const {
  const auto& state = steps_[step.index];
  if (!is_elsewhere(step) || !state.executed || state.executed->attempt.pid == 0) return {};
  for (const auto& left : left_running_)
    if (left.step == state.record.step) return {};
  return "\nits directory is kept: " + directory_for_people(step);
}

void Scheduler::on(const JobWaits& event) {
  const StepId step = jobs_.at(event.job.value);
  auto& state = steps_[step.index];
  auto message = fmt::format("waits for {} on compute target '{}'", event.what,
                             printable(world_.places.of(step).target->name));
  // After a lost connection the machine says it again.
  if (state.record.status == Status::queued && state.record.message == message) return;
  state.record.message = std::move(message);
  state.executed->attempt.status = Status::queued;
  save_soon(step, &Unsaved::attempt);
  enter(step, Status::queued);
}

/// Of a step elsewhere: what is fetched afterwards is not its own time.
TimePoint Scheduler::end_of_attempt(StepId step) const {
  const auto& state = steps_[step.index];
  const bool has_ended = is_elsewhere(step) && state.executed &&
                         state.executed->attempt.started != TimePoint{} &&
                         state.executed->attempt.finished != TimePoint{};
  return has_ended ? state.executed->attempt.finished : world_.clock();
}

void Scheduler::on(const MachineNews& event) {
  using Connection = MachineNews::Connection;
  if (!event.text.empty()) world_.reporter.note("", event.text);
  if (event.connection == Connection::as_it_was) return;
  if (event.connection != Connection::lost)
    lost_connections_.erase(event.compute_target);
  else if (!lost_connections_.contains(event.compute_target))
    lost_connections_[event.compute_target] =
        fmt::format("the connection to compute target '{}' is lost since {} ({}); trying again",
                    printable(event.compute_target), local_time_text(world_.clock()), event.why);
  tell_connections();
}

/// A run that is Running, and its steps over there, must not look as if all were well.
void Scheduler::tell_connections() {
  std::string all;
  for (const auto& [target, text] : lost_connections_) all += (all.empty() ? "" : "; ") + text;
  world_.history.set_run_message(run_.key, all);
  std::map<std::string, std::string> machines;  // one may be several targets
  for (std::size_t i = 0; i < steps_.size() && !lost_connections_.empty(); ++i) {
    const auto& target = *world_.places.of({i}).target;
    const auto lost = lost_connections_.find(target.name);
    if (target.ssh && lost != lost_connections_.end())
      machines.emplace(machine_name(target), lost->second);
  }
  for (const auto& [job, step] : jobs_) {
    if (!is_elsewhere(step)) continue;
    const auto lost = machines.find(machine_name(*world_.places.of(step).target));
    say_meanwhile(step, lost == machines.end() ? "" : lost->second);
  }
}

/// Of a step that runs: what there is to know of it just now.
void Scheduler::say_meanwhile(StepId step, const std::string& message) {
  auto& record = steps_[step.index].record;
  if (record.status != Status::running || record.message == message) return;
  record.message = message;
  save_soon(step, &Unsaved::step);
  world_.reporter.step_changed(record, attempt_news(step, record.status));
}

}  // namespace mlpipe
