// The part of the scheduler that starts steps: what may start, and what an attempt needs.
#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "engine/distribution.h"
#include "engine/registered_outputs.h"
#include "engine/scheduler.h"
#include "engine/step_execution.h"

namespace mlpipe {

void Scheduler::start_what_may() {
  do {
    consider_settled();
    for (auto& [target, steps] : ready_) {
      // The first of a target that finds no slot ends the look: a big step is not overtaken for
      // ever.
      while (!steps.empty()) {
        const StepId step = *steps.begin();
        steps.erase(steps.begin());
        if (try_start(step)) continue;
        steps.insert(step);
        break;
      }
    }
  } while (!settled_.empty());
}

/// False if there is no slot for it now; else it has left the queue, one way or another.
bool Scheduler::try_start(StepId step) {
  auto& state = steps_[step.index];
  if (is_final(state.record.status)) return true;
  if (state.work && !world_.gate.may_take_slots(step)) return false;
  if (interpreter_changed(step))
    note(step,
         "its interpreter or one of its packages changed since the run began: they are read again");
  if (state.facts_seen != world_.facts.changes()) {
    // What another step found moved or lost may be this one's too.
    release(step);
    resolve(step);
    if (is_final(state.record.status)) return true;
    state.record.fingerprint = state.resolution.fingerprint;
    state.record.manifest = state.resolution.manifest;
    if (state.resolution.hit) {
      complete_reused(step);
      return true;
    }
  }
  if (!state.work && !may_execute(step)) return true;
  if (!world_.gate.take_slots(step)) return false;
  state.has_slots = true;
  for (const auto& notice : world_.gate.take_notices()) note(step, notice);
  begin_attempt(step);
  return true;
}

/// Whether another interpreter would run the step than its facts say. One that cannot be asked any
/// more counts as changed: resolving the step again then says so.
bool Scheduler::interpreter_changed(StepId step) {
  try {
    return world_.facts.interpreter_changed(step);
  } catch (const Error&) {
    return true;
  }
}

/// Claim the step's work. False if another step or driver executes it, or has by now.
bool Scheduler::may_execute(StepId step) {
  auto& state = steps_[step.index];
  // Another driver lets go of its work inside the transaction that records it: not beside one.
  world_.history.begin_batch();
  const Hash work = work_in(directory_name(step));
  if (const auto leader = executing_.find(work); leader != executing_.end()) {
    note(step, fmt::format("waits for step '{}', which does the same work",
                           steps_[leader->second.index].record.step));
    followers_[work].push_back(step);
    return false;
  }
  if (!world_.gate.claim_work(work)) {
    wait_for_other_run(step);
    return false;
  }
  state.work = work;
  executing_[work] = step;
  state.record.message.clear();
  // Now that nobody else can: was it done while this step waited?
  auto done = done_meanwhile(step);
  if (!done) return true;
  state.record.reason = reused_reason(*done, state.record.step);
  state.resolution.hit = std::make_shared<const ResultRecord>(std::move(*done));
  release(step);
  complete_reused(step);
  return false;
}

void Scheduler::wait_for_other_run(StepId step) {
  auto& state = steps_[step.index];
  waiting_for_other_run_.insert(step);
  if (!state.record.message.empty()) return;
  const std::string other = world_.history.executing_run(state.resolution.fingerprint);
  if (other.empty()) return;  // it has only just begun
  state.record.message = fmt::format("waits for run {}, which does the same work", other);
  note(step, state.record.message);
  save(step);
}

std::optional<ResultRecord> Scheduler::done_meanwhile(StepId step) {
  const auto& state = steps_[step.index];
  const auto& fingerprint = state.resolution.fingerprint;
  if (state.rule.lookup == Lookup::not_allowed) return std::nullopt;
  const auto here = made_here_.find(fingerprint);
  auto done = here != made_here_.end()               ? world_.history.find_result(here->second)
              : state.rule.lookup == Lookup::allowed ? world_.history.find_offered(fingerprint)
                                                     : std::nullopt;
  if (!done || !std::all_of(done->outputs.begin(), done->outputs.end(), [&](const auto& output) {
        return world_.store.current_stat(output.object) || !machines_with(output.object).empty();
      }))
    return std::nullopt;
  return done;
}

/// Of the private directory. Steps that share no work may run side by side under one fingerprint:
/// their own then.
std::string Scheduler::directory_name(StepId step) const {
  const auto& state = steps_[step.index];
  std::string name = state.resolution.fingerprint.hex();
  // Steps that share no work may run side by side; a step's name can be as long as a file's.
  if (state.rule.lookup == Lookup::not_allowed)
    name += "-" + hash_bytes(run_.id + "/" + state.record.step).hex().substr(0, 12);
  return name;
}

void Scheduler::begin_attempt(StepId step) {
  auto& state = steps_[step.index];
  write_unsaved(step);
  if (!state.executed) state.executed = std::make_unique<Executed>();
  auto& attempt = state.executed->attempt;
  attempt = {.number = state.attempts + 1};
  if (state.record.started == TimePoint{} && !is_elsewhere(step))
    state.record.started = world_.clock();
  const std::string log = fmt::format("logs/{}/{}.{}", run_.id, state.record.step, attempt.number);
  attempt.stdout_file = log + ".stdout";
  attempt.stderr_file = log + ".stderr";
  attempt.compute_target = world_.places.of(step).target->name;
  try {
    state.executed->execution = describe_execution(step);
  } catch (const Error& error) {
    note_kind_of(error);
    fail_step(step, error.what());
    return;
  }
  prepare(step);
}

bool Scheduler::prepare_again(StepId step, const JobFinished& event) {
  constexpr int most_times = 3;
  auto& state = steps_[step.index];
  if (!stopped_because_.empty() || ++state.prepared_again > most_times) return false;
  note_job_ended(step, event);
  auto& attempt = state.executed->attempt;
  attempt.status = Status::failed;  // should it never begin
  attempt.message = event.message;
  attempt.finished = event.at;
  save_attempt(step);
  attempt = {.number = attempt.number,
             .stdout_file = attempt.stdout_file,
             .stderr_file = attempt.stderr_file,
             .compute_target = attempt.compute_target};
  --state.attempts;
  prepare(step);
  return true;
}

void Scheduler::prepare(StepId step) {
  auto& state = steps_[step.index];
  enter(step, Status::preparing);
  const auto& inputs = state.executed->execution.inputs;
  const bool fetches = world_.elsewhere(step) == nullptr &&
                       std::any_of(inputs.begin(), inputs.end(),
                                   [](const auto& input) { return !input.machines.empty(); });
  const auto prepare = [step, &state, &site = site_of(step)] {
    return StepPrepared{step, site.prepare(state.executed->execution)};
  };
  if (fetches)
    in_background_fetching(step, prepare);
  else
    in_background(step, prepare);
}

std::vector<std::string> Scheduler::machines_with(const Hash& object) {
  if (world_.machines == nullptr || world_.store.current_stat(object)) return {};
  return world_.machines->known(world_.history.machines_with(object));
}

StepExecution Scheduler::describe_execution(StepId id) {
  const auto& state = steps_[id.index];
  auto execution = mlpipe::describe_execution({.pipeline = world_.pipeline,
                                               .places = world_.places,
                                               .caller = world_.caller,
                                               .facts = world_.facts,
                                               .store = world_.store,
                                               .cache = world_.state.cache(),
                                               .traced_by = options_.traced_by,
                                               .machines = world_.machines},
                                              id, state.resolution);
  for (auto& input : execution.inputs)
    if (input.object) input.machines = machines_with(*input.object);
  execution.run_id = run_.id;
  execution.experiment = run_.experiment;
  const auto& attempt = state.executed->attempt;
  execution.attempt = attempt.number;
  const bool is_here = world_.elsewhere(id) == nullptr;
  execution.directory.root =
      (is_here ? world_.state.work() : execution.directory.root) / directory_name(id);
  execution.may_adopt =
      !is_here && state.rule.lookup == Lookup::allowed && state.attempts == 0 && !state.withdrawn;
  execution.keep_directory = options_.keep_directories;
  execution.stdout_file = world_.state.root / attempt.stdout_file;
  execution.stderr_file = world_.state.root / attempt.stderr_file;
  execution.visible_gpus = world_.gate.visible_gpus(id);
  return execution;
}

/// Whether what is stored is to be flushed now. Steps that end at shorter intervals than this are
/// flushed and recorded together, but nothing waits for them that could go on.
bool Scheduler::should_flush() const {
  constexpr std::chrono::milliseconds between_flushes{100};
  if (stored_.empty() || !flushing_.empty()) return false;
  const bool is_idle = jobs_.empty() && background_ == 0 && settled_.empty();
  if (is_idle || !followers_.empty()) return true;
  const TimePoint moment = world_.clock();
  return moment < flushed_ || moment - flushed_ >= between_flushes;
}

void Scheduler::flush_store() {
  if (!should_flush()) return;
  flushed_ = world_.clock();
  flushing_ = std::exchange(stored_, {});
  in_background(flushing_.front(), [&store = world_.store]() -> RunEvent {
    try {
      store.flush();
      return StoreFlushed{};
    } catch (const std::exception& error) {
      return StoreFlushed{error.what()};
    }
  });
}

/// In the transaction that records the result: a result and the name it goes by come together.
void Scheduler::register_named_outputs(StepId step) {
  const auto& state = steps_[step.index];
  Registry registry(world_.history);
  const auto done =
      register_outputs(world_.pipeline[step], state.outputs, state.record.key, registry);
  for (const auto& text : done.notes) note(step, text);
  system_failed_ = system_failed_ || done.failed;
}

void Scheduler::write_back(StepId step) {
  const auto& state = steps_[step.index];
  auto work = write_backs(world_.pipeline[step], state.outputs, run_.id, world_.history);
  if (work.empty()) return;
  bool fetches = false;
  for (auto& each : work) {
    each.machines = machines_with(each.object);
    fetches = fetches || !each.machines.empty();
  }
  auto copy = [step, work = std::move(work), &world = world_]() -> RunEvent {
    OutputsWrittenBack done{.step = step};
    for (const auto& each : work)
      done.outcomes.push_back(write_back_output(each, world.state, world.store, world.fetcher,
                                                world.cache, world.pool));
    return done;
  };
  if (fetches)
    in_background_fetching(step, std::move(copy));
  else
    in_background(step, std::move(copy));
}

/// Let go of everything that others may wait for.
void Scheduler::release(StepId step) {
  auto& state = steps_[step.index];
  if (state.has_slots) world_.gate.give_back_slots(step);
  state.has_slots = false;
  if (!state.work) return;
  const Hash work = *std::exchange(state.work, std::nullopt);
  world_.gate.release_work(work);
  executing_.erase(work);
  wake_followers(work);
}

void Scheduler::stop_starting(const std::string& why) {
  if (!stopped_because_.empty() && signal_ == 0) return;
  stopped_because_ = why;
  const Status status = signal_ != 0 ? Status::canceled : Status::skipped;
  std::set<StepId> submitted;  // those that wait over there are Queued, too
  for (const auto& [job, step] : jobs_) submitted.insert(step);
  const auto retries = std::exchange(retries_, {});
  for (const auto& retry : retries) {
    const StepId step = retry.step;
    release(step);
    // It has failed already: there is no other try.
    if (signal_ == 0)
      fail_step(step, steps_[step.index].executed->attempt.message);
    else
      finish_unsuccessfully(step, status, why);
  }
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const auto current = steps_[i].record.status;
    if (!steps_[i].rule.selected || submitted.contains({i}) ||
        (current != Status::not_started && current != Status::queued))
      continue;
    release({i});
    finish_unsuccessfully({i}, status, why);
  }
  for (auto& [target, steps] : ready_) steps.clear();  // start_what_may() may be looking at them
  waiting_for_other_run_.clear();
  followers_.clear();
}

void Scheduler::on(const CancelRequested& event) {
  const bool at_once = signal_ != 0;
  if (!at_once) {
    signal_ = event.signal;
    world_.history.set_run_status(run_.key, Status::cancel_requested);
  }
  world_.reporter.note("", killed_
                               ? "not waiting for other machines any more: a step there that did "
                                 "not hear that it is to end goes on"
                           : at_once ? "killing the running steps"
                                     : "canceling: the running steps are asked to end");
  stop_starting("the run was canceled");
  for (const auto& [job, step] : jobs_) site_of(step).cancel({job}, at_once);
  // The third: not even what ends steps over there gets through.
  if (at_once && std::exchange(killed_, true) && world_.machines != nullptr)
    world_.machines->give_up_at_once();
}

/// That of an execution; "HOST:PATH" on another machine.
std::string Scheduler::directory_for_people(StepId step) const {
  const auto& directory = steps_[step.index].executed->execution.directory.root;
  const auto& target = *world_.places.of(step).target;
  return target.ssh ? fmt::format("{}:{}", target.ssh->host, directory.string())
                    : directory.string();
}

FailedStep Scheduler::describe_failure(StepId step, const std::string& message) const {
  const auto& state = steps_[step.index];
  constexpr std::uint64_t tail_bytes = 4000;
  const auto& target = *world_.places.of(step).target;
  FailedStep failure{.step = state.record.step,
                     .compute_target = target.name,
                     .message = message,
                     .is_elsewhere = target.ssh.has_value()};
  if (!state.executed || state.executed->execution.step == nullptr) return failure;
  const auto [out, err] = telling_logs(state.executed->execution);
  failure.log_file = err;
  failure.log_tail = read_tail(err, tail_bytes);
  if (trim(failure.log_tail).empty()) {
    failure.log_tail = read_tail(out, tail_bytes);
    if (!trim(failure.log_tail).empty()) failure.log_file = out;
  }
  const auto& directory = state.executed->execution.directory.root;
  if (target.ssh && state.attempts > 0) {
    failure.directory = directory_for_people(step);
    failure.shell_command = shell_there_command(ssh_settings_of(target), directory);
  } else if (!target.ssh && stat_link(directory)) {
    failure.directory = directory;
  }
  failure.may_still_run =
      std::any_of(left_running_.begin(), left_running_.end(),
                  [&failure](const LeftRunning& left) { return left.step == failure.step; });
  return failure;
}

}  // namespace mlpipe
