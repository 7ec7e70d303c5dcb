// The part of the scheduler that tells and records how far each step is, and how all ended.
#include <utility>

#include "engine/scheduler.h"

namespace mlpipe {

bool Scheduler::commit_is_due() const {
  // No longer than this are others kept from writing to the database, and from seeing the news.
  constexpr std::chrono::milliseconds longest_batch{100};
  const TimePoint moment = world_.clock();
  return moment - committed_ > longest_batch || moment < committed_;
}

/// What is open now; news that can wait alone are no reason for a transaction of their own.
void Scheduler::commit() {
  if (!world_.history.in_batch() && (unsaved_.empty() || !commit_is_due())) {
    world_.reporter.tick();
    return;
  }
  write_unsaved();
  world_.history.commit_batch();
  for (const auto& [step, directory] : std::exchange(recorded_, {}))
    site_of(step).recorded(directory, options_.keep_directories);
  committed_ = world_.clock();
  world_.reporter.tick();
}

void Scheduler::enter(StepId step, Status status) {
  auto& state = steps_[step.index];
  state.record.status = status;
  // How far a step is that has its directory is only looked at; what else there is to be known of
  // it after a kill is written at once.
  if (status == Status::running || status == Status::finalizing)
    save_soon(step, &Unsaved::step);
  else
    save(step);
  world_.reporter.step_changed(state.record, attempt_news(step, status));
}

AttemptNews Scheduler::attempt_news(StepId step, Status status) const {
  const auto& state = steps_[step.index];
  AttemptNews news;
  if (!state.executed) return news;
  const auto& target = *world_.places.of(step).target;
  news.compute_target = target.name;
  news.is_elsewhere = target.ssh.has_value();
  if (status == Status::running) news.log_file = state.executed->execution.stdout_file.string();
  return news;
}

void Scheduler::save(StepId step) {
  auto& state = steps_[step.index];
  world_.history.begin_batch();
  if (state.is_recorded())
    world_.history.update_step(state.record);
  else
    world_.history.add_step(state.record);
  state.unsaved.step = false;
}

void Scheduler::save_attempt(StepId step) {
  auto& state = steps_[step.index];
  world_.history.begin_batch();
  world_.history.save_attempt(state.record.key, state.executed->attempt);
  state.unsaved.attempt = false;
}

void Scheduler::save_soon(StepId step, bool Unsaved::*what) {
  auto& unsaved = steps_[step.index].unsaved;
  if (!unsaved.step && !unsaved.attempt) unsaved_.push_back(step);
  unsaved.*what = true;
}

void Scheduler::write_unsaved(StepId step) {
  const auto unsaved = steps_[step.index].unsaved;
  if (unsaved.step) save(step);
  if (unsaved.attempt) save_attempt(step);
}

void Scheduler::write_unsaved() {
  for (const StepId step : std::exchange(unsaved_, {})) write_unsaved(step);
}

void Scheduler::note(StepId step, std::string_view text) {
  world_.reporter.note(steps_[step.index].record.step, text);
}

RunOutcome Scheduler::outcome() const {
  RunOutcome outcome{.system_failed = system_failed_ || machine_failed_,
                     .signal = signal_,
                     .failures = failures_,
                     .left_running = left_running_,
                     .kept = kept_,
                     .not_copied = not_copied_};
  for (const auto& [step, trace] : traces_) outcome.traces.push_back(trace);
  for (const auto& state : steps_) {
    if (!state.rule.selected) continue;
    ++outcome.counts.total;
    if (state.record.reused) ++outcome.counts.reused;
    if (state.attempts > 0) ++outcome.counts.started;
    if (state.record.status == Status::completed && !state.record.reused) ++outcome.counts.executed;
    if (state.record.status == Status::failed) ++outcome.counts.failed;
    if (state.record.status == Status::canceled) {
      ++outcome.counts.canceled;
      if (state.attempts > 0) ++outcome.counts.cut_off;
    }
    if (state.record.status == Status::skipped) ++outcome.counts.skipped;
  }
  if (signal_ != 0 && outcome.counts.canceled > 0)
    outcome.status = Status::canceled;
  else if (outcome.counts.failed > 0 || outcome.counts.canceled > 0)
    outcome.status = Status::failed;
  return outcome;
}

}  // namespace mlpipe
