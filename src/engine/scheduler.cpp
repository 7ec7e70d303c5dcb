#include "engine/scheduler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/text.h"

namespace mlpipe {

namespace {

/// How often to look for what other drivers let go of: slots and work.
constexpr std::chrono::milliseconds look_again{50};

bool succeeded(const JobFinished& job) {
  return job.outcome == JobFinished::Outcome::exited && job.exit_code == 0;
}

std::string ending_text(const JobFinished& job, const Step& step) {
  switch (job.outcome) {
    case JobFinished::Outcome::exited:
      return fmt::format("exit code {}", job.exit_code);
    case JobFinished::Outcome::signalled:
      return fmt::format("ended by signal {}{}", job.signal,
                         job.signal == 9 ? " (KILL; out of memory?)" : "");
    case JobFinished::Outcome::timed_out:
      return fmt::format("timed out after {} s", step.timeout.count());
    case JobFinished::Outcome::cancelled:
      return "cancelled";
    case JobFinished::Outcome::not_started:
      return fmt::format("could not be started: {}", job.message);
    case JobFinished::Outcome::lost:
      return fmt::format("lost: {}", job.message);
  }
  return {};
}

/// What came out, whatever the order.
std::map<std::string, Hash> contents_by_name(const std::vector<OutputRecord>& outputs) {
  std::map<std::string, Hash> contents;
  for (const auto& output : outputs) contents.emplace(output.name, output.content_hash);
  return contents;
}

}  // namespace

Scheduler::Scheduler(const SchedulerWorld& world, const RunRecord& run, std::vector<StepRule> rules,
                     std::vector<PlannedStep> plan, SchedulerOptions options)
    : world_(world), run_(run), options_(options), steps_(world.pipeline.steps.size()) {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    auto& state = steps_[i];
    state.rule = rules.at(i);
    state.record.run = run_.key;
    state.record.step = world_.pipeline.steps[i].name;
    state.record.reason = plan.at(i).reason;
    state.resolved = plan[i].decision == PlannedStep::Decision::reuse ||
                     plan[i].decision == PlannedStep::Decision::run;
    state.resolution = std::move(plan[i].resolution);
    state.facts_age = world_.facts.times_forgotten();
    if (state.rule.selected) ++unfinished_;
  }
}

RunOutcome Scheduler::run_to_end() {
  start();
  while (!finished()) {
    auto event = world_.events.try_pop();
    if (!event) {
      world_.history.commit_batch();
      world_.reporter.tick();
      event = world_.events.pop_within(look_again);
    }
    if (event) {
      world_.history.begin_batch();
      handle(*event);
    }
    tick();
  }
  world_.history.commit_batch();
  return outcome();
}

void Scheduler::start() {
  world_.history.begin_batch();
  for (const StepId step : world_.graph.order()) {
    auto& state = steps_[step.index];
    if (!state.rule.selected) continue;
    state.missing = world_.graph.dependencies(step).size();
    world_.history.add_step(state.record);
  }
  // What is reused settles what is below it, so by the order each step is looked at just once.
  for (const StepId step : world_.graph.order())
    if (steps_[step.index].rule.selected && steps_[step.index].missing == 0 &&
        steps_[step.index].record.status == Status::not_started)
      consider(step);
  start_what_may();
}

void Scheduler::handle(const RunEvent& event) {
  std::visit([this](const auto& news) { on(news); }, event);
  start_what_may();
}

void Scheduler::tick() {
  const bool none_queued = std::all_of(ready_.begin(), ready_.end(),
                                       [](const auto& target) { return target.second.empty(); });
  if (retries_.empty() && waiting_for_other_run_.empty() && none_queued) return;
  world_.history.begin_batch();
  const TimePoint moment = world_.clock();
  while (!retries_.empty() && retries_.begin()->first <= moment) {
    const StepId step = retries_.begin()->second;
    retries_.erase(retries_.begin());
    enqueue(step);
  }
  const auto waiting = std::exchange(waiting_for_other_run_, {});
  for (const StepId step : waiting) enqueue(step);
  start_what_may();
}

// --- Events ------------------------------------------------------------------------------------

void Scheduler::on(const JobStarted& event) {
  const StepId step = jobs_.at(event.job.value);
  auto& state = steps_[step.index];
  state.attempt.pid = event.pid;
  state.attempt.started = event.at;
  world_.history.save_attempt(state.record.key, state.attempt);
}

void Scheduler::on(const JobFinished& event) {
  --outstanding_;
  const StepId step = jobs_.at(event.job.value);
  jobs_.erase(event.job.value);
  auto& state = steps_[step.index];
  auto& attempt = state.attempt;
  attempt.finished = event.at;
  attempt.user_time = event.usage.user_time;
  attempt.system_time = event.usage.system_time;
  attempt.peak_memory_bytes = event.usage.peak_memory_bytes;
  attempt.lingering = event.lingering;
  if (event.outcome == JobFinished::Outcome::exited) attempt.exit_code = event.exit_code;
  if (event.outcome == JobFinished::Outcome::signalled) attempt.signal = event.signal;
  if (state.has_slots) world_.gate.give_back_slots(step);
  state.has_slots = false;
  if (event.lingering > 0)
    note(step, fmt::format("{} that outlived it had to be ended",
                           counted(static_cast<std::size_t>(event.lingering), "process")));
  if (succeeded(event)) {
    attempt.status = Status::completed;
    world_.history.save_attempt(state.record.key, attempt);
    enter(step, Status::finalizing);
    in_background(step, [step, &state, &store = world_.store] {
      return StepCollected{step, collect_step(state.execution, store)};
    });
    return;
  }
  const bool cancelled = event.outcome == JobFinished::Outcome::cancelled;
  attempt_failed(step, cancelled ? Status::canceled : Status::failed,
                 ending_text(event, world_.pipeline[step]));
}

void Scheduler::on(const StepBroke& event) {
  --outstanding_;
  system_failed_ = true;
  fail_step(event.step, event.message);
}

void Scheduler::on(const StepPrepared& event) {
  --outstanding_;
  const StepId step = event.step;
  auto& state = steps_[step.index];
  if (!stopped_because_.empty()) {
    release(step);
    finish_unsuccessfully(step, signal_ != 0 ? Status::canceled : Status::skipped,
                          stopped_because_);
    return;
  }
  if (const auto* moved = std::get_if<InputMoved>(&event.preparation)) {
    note(step, fmt::format("'{}' changed since it was hashed: looked at again",
                           printable(moved->path.native())));
    for (const auto& path : world_.facts.paths_in_place(step)) world_.facts.forget(path);
    release(step);
    state.resolved = false;
    consider(step);
    return;
  }
  if (const auto* lost = std::get_if<InputsLost>(&event.preparation)) {
    release(step);
    rerun_lost_inputs(step, *lost);
    return;
  }
  Job job = std::get<ReadyToStart>(event.preparation).job;
  job.id = {++last_job_};
  jobs_.emplace(job.id.value, step);
  ++outstanding_;
  ++state.attempts;
  state.attempt.started = world_.clock();
  enter(step, Status::running);
  world_.history.save_attempt(state.record.key, state.attempt);
  world_.target.submit(job);
}

void Scheduler::on(const StepCollected& event) {
  --outstanding_;
  const StepId step = event.step;
  auto& state = steps_[step.index];
  for (const auto& warning : event.collection.warnings) note(step, warning);
  if (!event.collection.failure.empty()) {
    attempt_failed(step, Status::failed, event.collection.failure);
    return;
  }
  for (const auto& doubt : event.collection.doubts) note(step, doubt);
  state.collection = event.collection;
  state.record.finished = world_.clock();
  state.outputs = event.collection.outputs;
  stored_.push_back(step);
  settle(step);
  flush_store();
}

void Scheduler::on(const StoreFlushed& event) {
  --outstanding_;
  for (const StepId step : std::exchange(flushing_, {})) {
    if (event.error.empty()) {
      record_result(step);
    } else {
      system_failed_ = true;
      fail_step(step, event.error);
    }
  }
  flush_store();
}

void Scheduler::on(const OutputsWrittenBack& event) {
  --outstanding_;
  for (const auto& outcome : event.outcomes) {
    record_write_back(outcome, run_.key, world_.history);
    if (!outcome.message.empty()) note(event.step, outcome.message);
  }
}

void Scheduler::on(const CancelRequested& event) {
  const bool at_once = signal_ != 0;
  if (!at_once) {
    signal_ = event.signal;
    world_.history.set_run_status(run_.key, Status::cancel_requested);
  }
  world_.reporter.note("", at_once ? "killing what runs" : "cancelling: what runs is asked to end");
  stop_starting("the run was cancelled");
  for (const auto& [job, step] : jobs_) {
    (void)step;
    world_.target.cancel({job}, at_once);
  }
}

// --- What follows from one step's news -----------------------------------------------------------

void Scheduler::consider(StepId step) {
  auto& state = steps_[step.index];
  if (is_final(state.record.status)) return;
  if (!stopped_because_.empty()) {
    finish_unsuccessfully(step, signal_ != 0 ? Status::canceled : Status::skipped,
                          stopped_because_);
    return;
  }
  if (!state.resolved) resolve(step);
  if (is_final(state.record.status)) return;
  if (state.resolution.hit)
    complete_reused(step);
  else
    enqueue(step);
}

void Scheduler::resolve(StepId step) {
  auto& state = steps_[step.index];
  const auto outputs_of = [this](StepId other) -> const std::vector<OutputRecord>& {
    return steps_[other.index].outputs;
  };
  try {
    state.resolution =
        world_.resolver.resolve(step, upstream_outputs(world_.pipeline[step], outputs_of),
                                SourceUse::store, state.rule.lookup);
    state.record.reason = world_.resolver.reason(step, state.resolution, state.rule.lookup);
    state.facts_age = world_.facts.times_forgotten();
    state.resolved = true;
  } catch (const Error& error) {
    system_failed_ = system_failed_ || error.kind() == ErrorKind::system;
    fail_step(step, error.what());
  }
}

void Scheduler::complete_reused(StepId step) {
  auto& state = steps_[step.index];
  state.record.reused = true;
  state.record.fingerprint = state.resolution.fingerprint;
  state.record.manifest = state.resolution.manifest;
  state.record.result = state.resolution.hit->key;
  state.record.finished = world_.clock();
  if (state.record.started == TimePoint{}) state.record.started = state.record.finished;
  state.outputs = state.resolution.hit->outputs;
  --unfinished_;
  enter(step, Status::completed);
  write_back(step);
  settle(step);
}

void Scheduler::enqueue(StepId step) {
  auto& state = steps_[step.index];
  if (is_final(state.record.status)) return;
  if (!stopped_because_.empty()) {
    finish_unsuccessfully(step, signal_ != 0 ? Status::canceled : Status::skipped,
                          stopped_because_);
    return;
  }
  state.record.fingerprint = state.resolution.fingerprint;
  state.record.manifest = state.resolution.manifest;
  if (state.record.status != Status::queued) enter(step, Status::queued);
  ready_[world_.places.of(step).target].insert(step);
}

void Scheduler::attempt_failed(StepId step, Status status, const std::string& message) {
  auto& state = steps_[step.index];
  state.attempt.status = status;
  state.attempt.message = message;
  world_.history.save_attempt(state.record.key, state.attempt);
  if (status == Status::canceled) {
    release(step);
    finish_unsuccessfully(step, status, message);
    return;
  }
  const auto& retry = world_.pipeline[step].retry;
  const int tried = state.attempts - state.earlier_attempts;
  if (tried > retry.max_retries || !stopped_because_.empty()) {
    fail_step(step, message);
    return;
  }
  const double seconds = retry.delay_seconds * std::pow(retry.backoff, tried - 1);
  const Duration wait(static_cast<std::int64_t>(seconds * 1e6));
  note(step, fmt::format("{}; attempt {} of {} in {}", message, tried + 1, retry.max_retries + 1,
                         duration_text(wait)));
  enter(step, Status::queued);
  retries_.emplace(world_.clock() + wait, step);
}

void Scheduler::fail_step(StepId step, const std::string& message) {
  auto& state = steps_[step.index];
  if (is_final(state.record.status)) return;
  release(step);
  failures_.push_back(describe_failure(step, message));
  finish_unsuccessfully(step, Status::failed, message);
  if (!options_.continue_on_step_failure || system_failed_)
    stop_starting(fmt::format("not started, since step '{}' failed", state.record.step));
}

void Scheduler::finish_unsuccessfully(StepId step, Status status, const std::string& message) {
  auto& state = steps_[step.index];
  if (is_final(state.record.status)) return;
  state.record.message = message;
  state.record.finished = world_.clock();
  --unfinished_;
  enter(step, status);
  skip_dependents(step, status == Status::skipped
                            ? message
                            : fmt::format("step '{}' did not succeed", state.record.step));
}

/// A step's outputs are there: consider what waited for nothing else. Without recursion, since what
/// is reused settles in its turn, down a chain of any length.
void Scheduler::settle(StepId step) {
  if (std::exchange(steps_[step.index].settled, true)) return;
  for (const StepId next : world_.graph.dependents(step)) {
    auto& state = steps_[next.index];
    if (state.rule.selected && --state.missing == 0) unblocked_.push_back(next);
  }
  if (considering_) return;
  considering_ = true;
  while (!unblocked_.empty()) {
    const StepId next = unblocked_.front();
    unblocked_.pop_front();
    const auto& state = steps_[next.index];
    if (state.missing == 0 && state.record.status == Status::not_started) consider(next);
  }
  considering_ = false;
}

/// A step's outputs are there no more.
void Scheduler::unsettle(StepId step) {
  if (!std::exchange(steps_[step.index].settled, false)) return;
  for (const StepId next : world_.graph.dependents(step))
    if (steps_[next.index].rule.selected) ++steps_[next.index].missing;
}

void Scheduler::skip_dependents(StepId step, const std::string& why) {
  std::vector<StepId> open = {step};
  while (!open.empty()) {
    const StepId at = open.back();
    open.pop_back();
    for (const StepId next : world_.graph.dependents(at)) {
      auto& state = steps_[next.index];
      if (!state.rule.selected || state.record.status != Status::not_started) continue;
      state.record.message = why;
      state.record.finished = world_.clock();
      --unfinished_;
      enter(next, signal_ != 0 ? Status::canceled : Status::skipped);
      open.push_back(next);
    }
  }
}

void Scheduler::rerun_lost_inputs(StepId step, const InputsLost& lost) {
  auto& state = steps_[step.index];
  enter(step, Status::not_started);
  state.resolved = false;
  const auto outputs_of = [this](StepId other) -> const std::vector<OutputRecord>& {
    return steps_[other.index].outputs;
  };
  const auto upstream = upstream_outputs(world_.pipeline[step], outputs_of);
  std::set<StepId> producers;
  for (const auto input : lost.inputs) {
    // Another step may have asked already, and the output is there again.
    if (world_.store.current_stat(upstream.at(input)->object)) continue;
    const auto& source = world_.pipeline[step].inputs.at(input).source;
    producers.insert(std::get<OutputSource>(source).step);
  }
  for (const StepId producer : producers) {
    const auto& made = steps_[producer.index].record;
    if (is_final(made.status) && made.status != Status::completed) {
      finish_unsuccessfully(step, Status::skipped,
                            fmt::format("step '{}' did not succeed", made.step));
      return;
    }
    unsettle(producer);
  }
  for (const StepId producer : producers) {
    note(producer, fmt::format("its output for step '{}' is missing or damaged in the store: it "
                               "runs again",
                               state.record.step));
    run_again(producer);
  }
  if (state.missing == 0 && state.record.status == Status::not_started) consider(step);
}

/// A completed step whose output is lost starts anew. One that is on its way needs no push: it will
/// settle, or record_result() sees that it was unsettled before it was recorded.
void Scheduler::run_again(StepId step) {
  auto& state = steps_[step.index];
  if (state.record.status != Status::completed) return;
  if (state.record.result) world_.history.withdraw_result(*state.record.result);
  made_here_.erase(state.resolution.fingerprint);
  state.record.reused = false;
  state.record.result.reset();
  state.record.status = Status::not_started;
  state.record.message.clear();
  state.record.finished = {};
  state.earlier_attempts = state.attempts;
  state.resolved = false;
  ++unfinished_;
  consider(step);
}

void Scheduler::record_result(StepId step) {
  auto& state = steps_[step.index];
  auto& collection = state.collection;
  const auto& attempt = state.attempt;
  for (std::size_t i = 0; i < collection.objects.size(); ++i)
    world_.history.remember_object(collection.objects[i].id, collection.objects[i].stat);
  for (const auto& [hash, text] : world_.facts.long_texts())
    world_.history.remember_text(hash, text);
  ResultRecord result{.fingerprint = state.resolution.fingerprint,
                      .manifest = state.resolution.manifest,
                      .producer = state.record.key,
                      .run_id = run_.id,
                      .step = state.record.step,
                      .made = world_.clock(),
                      .duration = attempt.finished - attempt.started,
                      .outputs = collection.outputs};
  result.offered = collection.doubts.empty() && state.rule.lookup != Lookup::not_allowed;
  // With a doubt it may have been other work, which says nothing about this.
  const auto earlier =
      collection.doubts.empty() ? world_.history.find_offered(result.fingerprint) : std::nullopt;
  if (earlier) {
    result.varying = earlier->varying;
    if (contents_by_name(earlier->outputs) != contents_by_name(result.outputs)) {
      result.varying = true;
      world_.history.mark_varying(result.fingerprint);
      note(step, fmt::format("the same work made other bytes than in run {}: it varies",
                             earlier->run_id));
    }
  }
  world_.history.add_result(result);
  world_.history.add_metrics(state.record.key, collection.metrics);
  if (result.offered) made_here_[result.fingerprint] = result.key;
  state.record.result = result.key;
  --unfinished_;
  release(step);
  enter(step, Status::completed);
  write_back(step);
  state.collection = {};
  state.execution = {};
  if (!state.settled) run_again(step);  // what needs it found the output lost before this
}

void Scheduler::wake_followers(const Hash& fingerprint) {
  const auto found = followers_.find(fingerprint);
  if (found == followers_.end()) return;
  const auto waiting = std::move(found->second);
  followers_.erase(found);
  for (const StepId step : waiting) enqueue(step);
}

// --- Telling -----------------------------------------------------------------------------------

void Scheduler::enter(StepId step, Status status) {
  auto& state = steps_[step.index];
  state.record.status = status;
  save(step);
  world_.reporter.step_changed(
      state.record, status == Status::running ? state.execution.stdout_file.string() : "");
}

void Scheduler::save(StepId step) { world_.history.update_step(steps_[step.index].record); }

void Scheduler::note(StepId step, std::string_view text) {
  world_.reporter.note(steps_[step.index].record.step, text);
}

void Scheduler::in_background(StepId step, std::function<RunEvent()> work) {
  ++outstanding_;
  world_.run_in_background([step, work = std::move(work), &events = world_.events] {
    try {
      events.push(work());
    } catch (const std::exception& error) {
      events.push(StepBroke{step, error.what()});
    }
  });
}

RunOutcome Scheduler::outcome() const {
  RunOutcome outcome{.system_failed = system_failed_, .signal = signal_, .failures = failures_};
  for (const auto& state : steps_) {
    if (!state.rule.selected) continue;
    ++outcome.counts.total;
    if (state.record.reused) ++outcome.counts.reused;
    if (state.record.status == Status::completed && !state.record.reused) ++outcome.counts.executed;
    if (state.record.status == Status::failed) ++outcome.counts.failed;
    if (state.record.status == Status::canceled) ++outcome.counts.canceled;
    if (state.record.status == Status::skipped) ++outcome.counts.skipped;
  }
  if (signal_ != 0 && outcome.counts.canceled > 0)
    outcome.status = Status::canceled;
  else if (outcome.counts.failed > 0)
    outcome.status = Status::failed;
  return outcome;
}

}  // namespace mlpipe
