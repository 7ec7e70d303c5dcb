// The part of the scheduler that draws the conclusions: what one step's news means for it and
// others.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/text.h"
#include "core/optional_input.h"
#include "engine/scheduler.h"

namespace mlpipe {

namespace {

/// `tried`: the attempts so far. A year at most: waits grow beyond all bounds.
Duration wait_before_retry(const Retry& retry, int tried) {
  constexpr double longest = 365.0 * 86400;
  if (retry.delay_seconds <= 0) return {};
  const double seconds = retry.delay_seconds * std::pow(retry.backoff, tried - 1);
  return Duration(static_cast<std::int64_t>(std::min(seconds, longest) * 1e6));
}

}  // namespace

/// One after the other, not one inside the other: chains are long.
void Scheduler::consider_settled() {
  while (!settled_.empty()) {
    const StepId step = settled_.front();
    settled_.pop_front();
    consider(step);
  }
}

void Scheduler::consider(StepId step) {
  auto& state = steps_[step.index];
  if (is_final(state.record.status) || state.missing != 0) return;
  world_.history.begin_batch();
  if (!stopped_because_.empty()) {
    finish_unsuccessfully(step, signal_ != 0 ? Status::canceled : Status::skipped,
                          stopped_because_);
    return;
  }
  if (was_collected(step)) plan_again(step);
  if (!state.resolved) resolve(step);
  if (is_final(state.record.status)) return;
  if (state.resolution.hit)
    complete_reused(step);
  else
    enqueue(step);
}

/// A result that was found is not held before the step run points to it, in the transaction that is
/// open now: until then gc may take it.
bool Scheduler::was_collected(StepId step) {
  const auto& state = steps_[step.index];
  return state.resolved && state.resolution.hit &&
         world_.history.is_collected(state.resolution.hit->key);
}

/// What the plan found for the step does not hold any more, nor what it made of that below.
void Scheduler::plan_again(StepId step) {
  std::vector<StepId> open = {step};
  steps_[step.index].resolved = false;
  while (!open.empty()) {
    const StepId at = open.back();
    open.pop_back();
    for (const StepId next : world_.graph.dependents(at)) {
      auto& state = steps_[next.index];
      if (!state.resolved || state.record.status != Status::not_started) continue;
      state.resolved = false;
      open.push_back(next);
    }
  }
}

/// Whose fault it is: the file's, this machine's, another one's.
void Scheduler::note_kind_of(const Error& error) {
  if (dynamic_cast<const NoConnection*>(&error) != nullptr)
    machine_failed_ = true;
  else if (error.kind() == ErrorKind::system)
    system_failed_ = true;
}

void Scheduler::resolve(StepId step) {
  auto& state = steps_[step.index];
  const auto outputs_of = [this](StepId other) -> const std::vector<OutputRecord>& {
    return steps_[other.index].outputs;
  };
  world_.history.commit_batch();  // hashing may take long, and others want to write
  try {
    for (;;) {
      state.resolution =
          world_.resolver.resolve(step, upstream_outputs(world_.pipeline[step], outputs_of),
                                  SourceUse::store, state.rule.lookup);
      state.record.reason =
          world_.resolver.reason(step, state.resolution, state.rule.lookup, state.rule.why_anew);
      state.resolved = true;
      state.facts_seen = world_.facts.changes();
      world_.history.begin_batch();
      if (!was_collected(step)) break;
      world_.history.commit_batch();
    }
  } catch (const Error& error) {
    world_.history.begin_batch();
    note_kind_of(error);
    fail_step(step, error.what());
  }
}

void Scheduler::complete_reused(StepId step) {
  auto& state = steps_[step.index];
  state.record.reused = true;
  state.record.fingerprint = state.resolution.fingerprint;
  state.record.result = state.resolution.hit->key;
  state.record.finished = world_.clock();
  if (state.record.started == TimePoint{}) state.record.started = state.record.finished;
  state.outputs = state.resolution.hit->outputs;
  state.outputs_are_there = true;
  state.forget_what_led_to_it();
  --unfinished_;
  enter(step, Status::completed);
  register_named_outputs(step);
  write_back(step);
  settle_dependents(step);
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

void Scheduler::attempt_failed(StepId step, Status status, const std::string& message,
                               Retries retries) {
  auto& state = steps_[step.index];
  auto& attempt = state.executed->attempt;
  attempt.status = status;
  attempt.message = attempt.message.empty() ? message : message + "; " + attempt.message;
  save_attempt(step);
  keep_metrics(step);
  if (status == Status::canceled) {
    release(step);
    finish_unsuccessfully(step, status, message);
    return;
  }
  const auto& retry = world_.pipeline[step].settings->retry;
  const int tried = state.attempts - state.earlier_attempts;
  if (retries == Retries::in_vain || tried > retry.max_retries || !stopped_because_.empty() ||
      system_failed_) {
    fail_step(step, message);
    return;
  }
  const Duration wait = wait_before_retry(retry, tried);
  note(step, fmt::format("{}; attempt {} of {} {}", short_message(message), std::int64_t{tried} + 1,
                         std::int64_t{retry.max_retries} + 1,
                         wait == Duration{} ? "now" : "in " + duration_text(wait)));
  enter(step, Status::queued);
  retries_.push_back({.step = step, .asked = world_.clock(), .wait = wait});
}

/// What an attempt measured before it failed: the loss of a training that broke off is what people
/// look at first.
void Scheduler::keep_metrics(StepId step) {
  auto& state = steps_[step.index];
  const auto& directory = state.executed->execution.directory;
  if (directory.root.empty()) return;  // it came not so far
  std::vector<std::string> warnings;
  try {
    const auto metrics = world_.elsewhere(step) != nullptr
                             ? std::exchange(state.executed->metrics, {})
                             : read_metrics(directory.metrics(), warnings);
    if (!metrics.empty()) world_.history.add_metrics(state.record.key, metrics);
  } catch (const Error& error) {
    warnings.emplace_back(error.what());
  }
  for (const auto& warning : warnings) note(step, warning);
}

void Scheduler::fail_step(StepId step, const std::string& message) {
  auto& state = steps_[step.index];
  if (is_final(state.record.status)) return;
  release(step);
  failures_.push_back(describe_failure(step, message));
  finish_unsuccessfully(step, Status::failed, message + kept_directory_text(step));
  if (!options_.continue_on_step_failure || system_failed_)
    stop_starting(fmt::format("not started, since step '{}' failed", state.record.step));
}

void Scheduler::finish_unsuccessfully(StepId step, Status status, const std::string& message) {
  auto& state = steps_[step.index];
  if (is_final(state.record.status)) return;
  state.record.message = message;
  state.record.finished = end_of_attempt(step);
  --unfinished_;
  enter(step, status);
  skip_dependents(step, status == Status::skipped
                            ? message
                            : fmt::format("step '{}' did not succeed", state.record.step));
}

void Scheduler::settle_dependents(StepId step) {
  for (const StepId next : world_.graph.dependents(step)) {
    auto& state = steps_[next.index];
    if (!state.rule.selected || is_final(state.record.status) || state.missing == 0) continue;
    if (--state.missing == 0) settled_.push_back(next);
  }
}

void Scheduler::skip_dependents(StepId step, const std::string& why) {
  std::vector<StepId> open = {step};
  while (!open.empty()) {
    const StepId at = open.back();
    open.pop_back();
    for (const StepId next : world_.graph.dependents(at)) {
      auto& state = steps_[next.index];
      if (!state.rule.selected || state.record.status != Status::not_started) continue;
      if (goes_on_without(next, at)) {
        if (--state.missing == 0) settled_.push_back(next);
        continue;
      }
      state.record.message = why;
      state.record.finished = world_.clock();
      --unfinished_;
      enter(next, signal_ != 0 ? Status::canceled : Status::skipped);
      open.push_back(next);
    }
  }
}

bool Scheduler::goes_on_without(StepId step, StepId failed) {
  Step& waiting = world_.pipeline.steps.at(step.index);
  if (!options_.continue_on_step_failure || !stopped_because_.empty() || system_failed_ ||
      std::find(waiting.depends_on.begin(), waiting.depends_on.end(), failed) !=
          waiting.depends_on.end())
    return false;
  std::vector<std::string> dropped;
  for (const auto& input : waiting.inputs) {
    const auto* source = std::get_if<OutputSource>(&input.source);
    if (source == nullptr || source->step != failed) continue;
    if (!can_do_without(waiting, input)) return false;
    dropped.push_back(input.name);
  }
  for (const auto& name : dropped) {
    drop_input(waiting, name);
    note(step, fmt::format("goes on without its optional input '{}', since step '{}' did not "
                           "succeed",
                           name, world_.pipeline[failed].name));
  }
  return true;
}

void Scheduler::rerun_lost_inputs(StepId step, const InputsLost& lost) {
  auto& state = steps_[step.index];
  enter(step, Status::not_started);
  state.resolved = false;
  std::set<StepId> producers;
  for (const auto input : lost.inputs) {
    const auto* source = std::get_if<OutputSource>(&world_.pipeline[step].inputs.at(input).source);
    if (source == nullptr) continue;
    // If its producer has made another object since, that one is read after the next resolve.
    const auto& used = state.resolution.upstream.at(input);
    const auto& outputs = steps_[source->step.index].outputs;
    const bool made_anew = std::any_of(outputs.begin(), outputs.end(), [&](const auto& output) {
      return output.name == source->output && output.object != used.object;
    });
    if (!made_anew || !steps_[source->step.index].outputs_are_there) producers.insert(source->step);
  }
  state.missing = 0;
  for (const StepId producer : producers) {
    const auto& maker = steps_[producer.index];
    const bool ended = is_final(maker.record.status);
    if (!ended && maker.outputs_are_there) continue;  // has stored it anew since it was looked for
    if (ended && maker.record.status != Status::completed) {
      finish_unsuccessfully(step, Status::skipped,
                            fmt::format("step '{}' did not succeed", maker.record.step));
      return;
    }
    ++state.missing;
    if (!ended) continue;  // is on its way
    note(producer, fmt::format("its output for step '{}' is missing or damaged in the store: it "
                               "runs again",
                               state.record.step));
    run_again(producer, step);  // NOLINT(readability-suspicious-call-argument)
  }
  if (state.missing == 0) settled_.push_back(step);
}

/// A completed step whose output is lost starts anew; `asker` waits for it already.
void Scheduler::run_again(StepId step, StepId asker) {
  auto& state = steps_[step.index];
  for (const StepId next : world_.graph.dependents(step)) {
    auto& waiting = steps_[next.index];
    if (next != asker && waiting.rule.selected && waiting.record.status == Status::not_started)
      ++waiting.missing;
  }
  if (state.record.result) world_.history.withdraw_result(*state.record.result);
  state.withdrawn = state.record.result;
  made_here_.erase(state.resolution.fingerprint);
  state.record.reused = false;
  state.record.result.reset();
  state.record.status = Status::not_started;
  state.record.finished = {};
  state.earlier_attempts = state.attempts;
  state.resolved = false;
  state.outputs_are_there = false;
  ++unfinished_;
  settled_.push_back(step);
}

void Scheduler::record_result(StepId step) {
  auto& state = steps_[step.index];
  auto& collection = state.executed->collection;
  const auto& attempt = state.executed->attempt;
  write_unsaved(step);
  for (const auto& object : collection.objects)
    world_.history.remember_object(object.id, object.stat);
  for (const auto& [hash, text] : world_.facts.long_texts())
    world_.history.remember_text(hash, text);
  ResultRecord result{.fingerprint = state.resolution.fingerprint,
                      .manifest = state.resolution.manifest,
                      .producer = state.record.key,
                      .run_id = run_.id,
                      .step = state.record.step,
                      .made = world_.clock(),
                      .duration = attempt.started == TimePoint{}
                                      ? Duration{}
                                      : std::max(Duration{}, attempt.finished - attempt.started),
                      .outputs = collection.outputs};
  result.offered = collection.doubts.empty() && state.rule.lookup != Lookup::not_allowed;
  if (collection.doubts.empty()) result.varying = varies(step, result);
  world_.history.add_result(result);
  world_.history.add_metrics(state.record.key, collection.metrics);
  if (result.offered) made_here_[result.fingerprint] = result.key;
  state.record.result = result.key;
  --unfinished_;
  release(step);
  state.record.status = Status::completed;
  save(step);
  state.record.manifest = {};  // its result's
  recorded_.emplace_back(step, state.executed->execution.directory.root);
  register_named_outputs(step);
  write_back(step);
  state.executed.reset();
  state.forget_what_led_to_it();
}

/// Whether the same work made other bytes before; what it left in ./logs and ./outputs aside.
bool Scheduler::varies(StepId step, const ResultRecord& result) {
  auto earlier = world_.history.find_offered(result.fingerprint);
  if (const auto& withdrawn = steps_[step.index].withdrawn; !earlier && withdrawn)
    earlier = world_.history.find_result(*withdrawn);
  if (earlier && earlier->fingerprint != result.fingerprint) earlier.reset();
  if (!earlier) return false;
  std::map<std::string_view, Hash> before;
  for (const auto& output : earlier->outputs) before.emplace(output.name, output.content_hash);
  const auto differs = [&before](const OutputRecord& output) {
    if (output.name == artifacts_output || output.name == logs_output) return false;
    const auto found = before.find(output.name);
    return found == before.end() || found->second != output.content_hash;
  };
  if (std::none_of(result.outputs.begin(), result.outputs.end(), differs)) return earlier->varying;
  world_.history.mark_varying(result.fingerprint);
  note(step, fmt::format("the same work gave other outputs than in run {}: its results vary",
                         earlier->run_id));
  return true;
}

void Scheduler::wake_followers(const Hash& work) {
  const auto found = followers_.find(work);
  if (found == followers_.end()) return;
  const auto waiting = std::move(found->second);
  followers_.erase(found);
  for (const StepId step : waiting) enqueue(step);
}

}  // namespace mlpipe
