#include "engine/scheduler.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "base/work_time.h"
#include "engine/distribution.h"
#include "engine/hidden_paths.h"

namespace mlpipe {

namespace {

/// How often to look for what other drivers let go of: slots and work.
constexpr std::chrono::milliseconds look_again{50};

/// Where a step ran stands before what became of it.
std::string_view without_place(std::string_view message) {
  if (!message.starts_with("compute target '")) return message;
  const auto end = message.find(": ");
  return end == std::string_view::npos ? message : message.substr(end + 2);
}

std::string ending_text(const JobFinished& job, const StepExecution& execution) {
  switch (job.outcome) {
    case JobFinished::Outcome::exited:
      if (auto text = rank_failure_text(execution); !text.empty()) return text;
      return fmt::format("exit code {}", job.exit_code);
    case JobFinished::Outcome::signalled:
      return fmt::format("ended by signal {}{}", job.signal,
                         job.signal == 9 ? " (KILL; out of memory?)" : "");
    case JobFinished::Outcome::timed_out:
      return fmt::format("timed out after {} s", execution.step->settings->timeout.count());
    case JobFinished::Outcome::cancelled:
      return "canceled";
    case JobFinished::Outcome::not_started:
      return fmt::format("could not be started: {}", job.message);
    case JobFinished::Outcome::unprepared:
      return "its machine loses what it is given: see that the disk there is whole";
    case JobFinished::Outcome::lost:
      return fmt::format("lost: {}", without_place(job.message));
  }
  return {};
}

}  // namespace

Scheduler::Scheduler(SchedulerWorld world, RunRecord run, std::vector<StepRule> rules,
                     std::vector<PlannedStep> plan, SchedulerOptions options)
    : world_(std::move(world)),
      here_(world_.store, world_.target, world_.fetcher, world_.run_in_background),
      run_(std::move(run)),
      options_(std::move(options)),
      steps_(world_.pipeline.steps.size()) {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    auto& state = steps_[i];
    state.rule = rules.at(i);
    state.record.run = run_.key;
    state.record.step = world_.pipeline.steps[i].name;
    state.record.reason = plan.at(i).reason;
    state.resolved = plan[i].decision == PlannedStep::Decision::reuse ||
                     plan[i].decision == PlannedStep::Decision::run;
    state.resolution = std::move(plan[i].resolution);
    if (state.rule.selected) ++unfinished_;
  }
}

RunOutcome Scheduler::run_to_end() {
  try {
    start();
    while (!finished()) {
      auto event = world_.events.try_pop();
      if (!event || commit_is_due()) commit();
      if (!event) {
        const WorkTimer timer(Work::waiting);
        event = world_.events.pop_within(look_again);
      }
      if (event) on_event(*event);
      if (!event || time_to_look()) tick();
    }
    write_unsaved();
    commit();
    return outcome();
  } catch (...) {
    abandon();
    throw;
  }
}

namespace {

bool is_from_background(const RunEvent& event) {
  return !std::holds_alternative<JobStarted>(event) && !std::holds_alternative<JobWaits>(event) &&
         !std::holds_alternative<JobFinished>(event) &&
         !std::holds_alternative<MachineNews>(event) &&
         !std::holds_alternative<TransferNews>(event) &&
         !std::holds_alternative<CancelRequested>(event);
}

}  // namespace

/// The record cannot be kept any more. What runs is ended and waited for: it knows this object.
void Scheduler::abandon() {
  world_.history.abandon_batch();
  for (const auto& [job, step] : jobs_) site_of(step).cancel({job}, true);
  while (background_ > 0 || !jobs_.empty()) {
    const auto event = world_.events.pop_within(look_again);
    if (!event) continue;
    if (is_from_background(*event)) --background_;
    if (const auto* job = std::get_if<JobFinished>(&*event)) jobs_.erase(job->job.value);
  }
  try {
    write_unsaved();  // attempts have the names of their logs
    world_.history.commit_batch();
  } catch (const Error&) {
    world_.history.abandon_batch();
  }
}

void Scheduler::start() {
  world_.history.begin_batch();
  for (const StepId step : world_.graph.order())
    steps_[step.index].missing = world_.graph.dependencies(step).size();
  // What came while machines were reached: a cancel, before anything is started.
  while (const auto event = world_.events.try_pop())
    std::visit([this](const auto& news) { on(news); }, *event);
  for (const StepId step : world_.graph.order()) {
    auto& state = steps_[step.index];
    if (!state.rule.selected) continue;
    if (state.resolution.hit)
      consider(step);  // its row is written once, with its end
    else if (world_.graph.dependencies(step).empty())
      settled_.push_back(step);
    if (!state.is_recorded()) world_.history.add_step(state.record);
  }
  start_what_may();
}

namespace {

/// Of what mostly changes nothing but how far a step is.
bool is_step_news(const RunEvent& event) {
  return std::holds_alternative<JobStarted>(event) || std::holds_alternative<JobWaits>(event) ||
         std::holds_alternative<JobFinished>(event) ||
         std::holds_alternative<StepPrepared>(event) ||
         std::holds_alternative<TransferNews>(event) ||
         std::holds_alternative<StepCollected>(event);
}

}  // namespace

void Scheduler::handle(const RunEvent& event) {
  on_event(event);
  write_unsaved();
}

void Scheduler::on_event(const RunEvent& event) {
  if (!is_step_news(event)) world_.history.begin_batch();
  if (is_from_background(event)) --background_;
  std::visit([this](const auto& news) { on(news); }, event);
  flush_store();
  start_what_may();
  flush_store();  // nothing may have been started that would be waited for
}

/// on_event() has looked at all that its event changes.
bool Scheduler::time_to_look() const {
  const TimePoint moment = world_.clock();
  return moment - looked_ >= look_again || moment < looked_ ||
         std::any_of(retries_.begin(), retries_.end(),
                     [moment](const WaitingRetry& retry) { return retry.is_due(moment); });
}

void Scheduler::tick() {
  looked_ = world_.clock();
  flush_store();
  const bool nothing_ready = std::all_of(ready_.begin(), ready_.end(),
                                         [](const auto& steps) { return steps.second.empty(); });
  if (retries_.empty() && waiting_for_other_run_.empty() && nothing_ready) return;
  // Inside a transaction, since another driver lets go of its work inside the one that records it.
  world_.history.begin_batch();
  const TimePoint moment = world_.clock();
  for (const auto& retry : std::exchange(retries_, {})) {
    if (retry.is_due(moment))
      enqueue(retry.step);
    else
      retries_.push_back(retry);
  }
  const auto waiting = std::exchange(waiting_for_other_run_, {});
  for (const StepId step : waiting) enqueue(step);
  start_what_may();
}

StepSite& Scheduler::site_of(StepId step) {
  auto* site = world_.elsewhere(step);
  return site == nullptr ? here_ : *site;
}

// --- Events ------------------------------------------------------------------------------------

void Scheduler::on(const JobStarted& event) {
  const StepId step = jobs_.at(event.job.value);
  auto& state = steps_[step.index];
  if (const auto job = job_elsewhere(step)) {
    world_.history.begin_batch();
    if (event.goes_on)
      go_on_with(step, *job);
    else
      world_.history.job_begun(*job);
  }
  auto& attempt = state.executed->attempt;
  attempt.pid = event.pid;
  attempt.started = event.at;
  attempt.status = Status::running;
  save_soon(step, &Unsaved::attempt);
  if (!is_elsewhere(step)) return;
  // What it waited for before, and what was sent to it, are not its own time.
  if (state.record.started == TimePoint{}) state.record.started = event.at;
  state.record.message.clear();
  enter(step, Status::running);
}

void Scheduler::on(const JobFinished& event) {
  const StepId step = jobs_.at(event.job.value);
  jobs_.erase(event.job.value);
  if (event.outcome == JobFinished::Outcome::unprepared && prepare_again(step, event)) return;
  const auto& execution = steps_[step.index].executed->execution;
  if (execution.traced_by.empty() || event.outcome == JobFinished::Outcome::not_started) {
    attempt_ended(step, event);
    return;
  }
  in_background(step, [step, event, &execution, workspace = options_.workspace] {
    return StepTraced{step, event, report_trace(execution, {.workspace = workspace})};
  });
}

void Scheduler::on(const StepTraced& event) {
  traces_[event.step] = event.trace;
  JobFinished job = event.job;
  if (job.lingering > 0) --job.lingering;  // strace itself, which stays as long as one of them
  attempt_ended(event.step, job);
}

void Scheduler::attempt_ended(StepId step, const JobFinished& event) {
  auto& state = steps_[step.index];
  auto& attempt = state.executed->attempt;
  attempt.finished = event.at;
  attempt.user_time = event.usage.user_time;
  attempt.system_time = event.usage.system_time;
  attempt.peak_memory_bytes = event.usage.peak_memory_bytes;
  attempt.lingering = event.lingering;
  note_job_ended(step, event);
  state.record.message.clear();
  if (event.outcome == JobFinished::Outcome::exited) attempt.exit_code = event.exit_code;
  if (event.outcome == JobFinished::Outcome::signalled) attempt.signal = event.signal;
  if (state.has_slots) world_.gate.give_back_slots(step);
  state.has_slots = false;
  if (event.lingering > 0)
    note(step, fmt::format("{} that it left running had to be ended",
                           event.lingering == 1 ? "a process"
                                                : fmt::format("{} processes", event.lingering)));
  if (event.succeeded()) {
    attempt.status = Status::completed;
    save_soon(step, &Unsaved::attempt);
    enter(step, Status::finalizing);
    in_background(step, [step, &state, &site = site_of(step)] {
      return StepCollected{step, site.collect(state.executed->execution)};
    });
    return;
  }
  // On another machine somebody else may have ended it.
  const bool lost = event.outcome == JobFinished::Outcome::lost;
  const bool cancelled =
      signal_ != 0 && (lost || event.outcome == JobFinished::Outcome::cancelled ||
                       event.outcome == JobFinished::Outcome::unprepared);
  if (lost) note_lost(step, event, cancelled);
  std::vector<std::string> warnings;
  state.executed->metrics = parse_metrics(event.metrics, event.metrics_at, warnings);
  for (const auto& warning : warnings) note(step, warning);
  attempt_failed(step, cancelled ? Status::canceled : Status::failed,
                 ending_text(event, state.executed->execution) +
                     (cancelled ? "" : hidden_paths_text(state.executed->execution)),
                 lost ? Retries::in_vain : Retries::allowed);
}

void Scheduler::on(const StepBroke& event) {
  const auto status = steps_[event.step.index].record.status;
  // A transfer was given up: what it needs, or, after a second cancel, what it made.
  if (signal_ != 0 && (status == Status::preparing || (killed_ && status == Status::finalizing))) {
    note(event.step, event.message);
    release(event.step);
    finish_unsuccessfully(event.step, Status::canceled, stopped_because_);
    return;
  }
  (event.is_elsewhere ? machine_failed_ : system_failed_) = true;
  if (is_final(status)) note(event.step, event.message);
  fail_step(event.step, event.message);
}

void Scheduler::on(const StepPrepared& event) {
  const StepId step = event.step;
  auto& state = steps_[step.index];
  if (!stopped_because_.empty()) {
    release(step);
    finish_unsuccessfully(step, signal_ != 0 ? Status::canceled : Status::skipped,
                          stopped_because_);
    return;
  }
  if (const auto* moved = std::get_if<InputMoved>(&event.preparation)) {
    note(step, fmt::format("'{}' changed since this run first read it: it is read again",
                           printable(moved->path.native())));
    for (const auto& path : world_.facts.paths_in_place(step)) world_.facts.forget(path);
    release(step);
    state.resolved = false;
    consider(step);
    return;
  }
  if (std::holds_alternative<SourceLost>(event.preparation)) {
    note(step, "the copy of its sources in the store was damaged or lost: they are copied again");
    world_.facts.forget_source(step);
    release(step);
    state.resolved = false;
    consider(step);
    return;
  }
  if (const auto* lost = std::get_if<InputsLost>(&event.preparation)) {
    world_.history.begin_batch();
    for (const auto input : lost->inputs)
      for (const auto& machine : state.executed->execution.inputs.at(input).machines)
        world_.history.forget_elsewhere(*state.executed->execution.inputs[input].object, machine);
    release(step);
    rerun_lost_inputs(step, *lost);
    return;
  }
  const auto& ready = std::get<ReadyToStart>(event.preparation);
  Job job = ready.job;
  job.id = {++last_job_};
  ++state.attempts;
  save_soon(step, &Unsaved::attempt);
  if (const auto job_there = job_elsewhere(step)) {  // it begins once that says so
    state.executed->attempt.status = Status::preparing;
    write_unsaved(step);
    world_.history.job_sent(*job_there);
  } else {
    if (state.attempts == 1) state.record.started += ready.fetching;
    state.executed->attempt.started = world_.clock();
    enter(step, Status::running);
  }
  jobs_.emplace(job.id.value, step);  // from here on an event will come for it
  site_of(step).submit(job, state.executed->execution);
}

void Scheduler::on(const StepCollected& event) {
  const StepId step = event.step;
  auto& state = steps_[step.index];
  for (const auto& warning : event.collection.warnings) note(step, warning);
  if (!event.collection.failure.empty()) {
    state.executed->metrics = event.collection.metrics;
    attempt_failed(step, Status::failed,
                   event.collection.failure + hidden_paths_text(state.executed->execution));
    return;
  }
  for (const auto& doubt : event.collection.doubts) note(step, doubt);
  state.executed->collection = event.collection;
  if (const auto& machine = event.collection.machine; !machine.empty()) {
    world_.history.begin_batch();
    for (const auto& output : event.collection.outputs)
      world_.history.remember_elsewhere(output.object, machine);
  }
  if (options_.keep_directories) kept_.push_back({state.record.step, directory_for_people(step)});
  if (interpreter_changed(step)) {
    state.executed->collection.doubts.emplace_back(
        "its interpreter or one of its packages was changed while the step ran: this result is not "
        "kept for reuse");
    note(step, state.executed->collection.doubts.back());
  }
  state.record.finished = end_of_attempt(step);
  state.outputs = event.collection.outputs;
  state.outputs_are_there = true;
  stored_.push_back(step);
  // Told now, before what it makes possible is told; recorded once it is on disk.
  StepRunRecord told = state.record;
  told.status = Status::completed;
  world_.reporter.step_changed(told, attempt_news(step, told.status));
  settle_dependents(step);
}

void Scheduler::on(const StoreFlushed& event) {
  for (const StepId step : std::exchange(flushing_, {})) {
    if (event.error.empty()) {
      record_result(step);
    } else {
      system_failed_ = true;
      fail_step(step, event.error);
    }
  }
}

void Scheduler::on(const OutputsWrittenBack& event) {
  for (const auto& outcome : event.outcomes) {
    record_write_back(outcome, run_.key, world_.history);
    system_failed_ = system_failed_ || outcome.kind == WriteBackOutcome::Kind::failed;
    if (!outcome.message.empty()) note(event.step, outcome.message);
    if (auto left = not_copied(steps_[event.step.index].record.step, outcome))
      not_copied_.push_back(std::move(*left));
  }
}

// --- Work elsewhere -----------------------------------------------------------------------------

namespace {

/// The event that comes of `work`, whatever happens in it.
std::function<void()> told_to(EventQueue<RunEvent>& events, StepId step,
                              std::function<RunEvent()> work) {
  return [step, work = std::move(work), &events] {
    try {
      events.push(work());
    } catch (const NoConnection& error) {
      events.push(StepBroke{step, error.what(), true});
    } catch (const std::exception& error) {
      events.push(StepBroke{step, error.what()});
    }
  };
}

}  // namespace

void Scheduler::in_background(StepId step, std::function<RunEvent()> work) {
  ++background_;
  site_of(step).in_background(told_to(world_.events, step, std::move(work)));
}

void Scheduler::in_background_fetching(StepId step, std::function<RunEvent()> work) {
  ++background_;
  world_.fetcher->in_background(told_to(world_.events, step, std::move(work)));
}

}  // namespace mlpipe
