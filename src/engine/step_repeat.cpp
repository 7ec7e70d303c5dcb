#include "engine/step_repeat.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <variant>

#include "base/error.h"
#include "base/event_queue.h"
#include "base/signals.h"
#include "base/text.h"
#include "engine/collect_step.h"
#include "engine/distribution.h"
#include "engine/outside_programs.h"
#include "target/local_target.h"

namespace mlpipe {

namespace {

struct Interruption {
  int signal = 0;
};
using RepeatEvent = std::variant<JobStarted, JobWaits, JobFinished, Interruption>;
using RepeatEvents = EventQueue<RepeatEvent>;

/// Runs the job to its end; the signal that cancelled it, or 0.
int run_job(ComputeTarget& target, const Job& job, RepeatEvents& events, JobFinished& finished) {
  target.submit(job);
  int signal = 0;
  for (;;) {
    const auto event = events.pop_within(std::chrono::milliseconds(1000));
    if (!event) continue;
    if (const auto* interruption = std::get_if<Interruption>(&*event)) {
      target.cancel(job.id, signal != 0);  // the second time at once
      signal = interruption->signal;
    } else if (const auto* end = std::get_if<JobFinished>(&*event)) {
      finished = *end;
      return signal;
    }
  }
}

/// Why an ended job leaves nothing to compare; "" if it ended well.
std::string failure_of(const JobFinished& end, std::chrono::milliseconds timeout) {
  switch (end.outcome) {
    case JobFinished::Outcome::exited:
      return end.exit_code == 0 ? "" : fmt::format("it ended with exit code {}", end.exit_code);
    case JobFinished::Outcome::signalled:
      return fmt::format("it was ended by signal {}", end.signal);
    case JobFinished::Outcome::timed_out:
      return fmt::format("it was ended after its time-out of {}", duration_text(timeout));
    case JobFinished::Outcome::cancelled:
      return "it was cancelled";
    case JobFinished::Outcome::not_started:
    case JobFinished::Outcome::unprepared:
      return fmt::format("it could not be started: {}", end.message);
    case JobFinished::Outcome::lost:
      return "the process that supervised it was killed";
  }
  return {};
}

/// Whether a file holds a text, if it is of a size that can be looked through.
bool holds(const std::filesystem::path& file, const std::string& text) {
  constexpr std::uint64_t most = std::uint64_t{256} << 20U;
  const auto look = stat_link(file);
  return look && look->kind == FileKind::file && look->size <= most &&
         read_file(file).find(text) != std::string::npos;
}

/// Whether a difference is that the later file holds the path of the directory it was made in.
bool holds_only_now(const std::filesystem::path& before, const std::filesystem::path& now,
                    const std::filesystem::path& directory) {
  std::error_code error;
  const auto real = std::filesystem::canonical(directory, error);
  const auto has = [&](const std::filesystem::path& path) {
    return holds(now, path.string()) && !holds(before, path.string());
  };
  return has(directory) || (!error && real != directory && has(real));
}

std::filesystem::path made_in(const StepDirectory& directory) { return directory.root / "made"; }

}  // namespace

bool RepeatOutcome::is_equal() const {
  return signal == 0 && failure.empty() &&
         std::all_of(outputs.begin(), outputs.end(),
                     [](const ComparedOutput& output) { return output.equal || !output.counts; });
}

StepRepeat::StepRepeat(const OpenedPipeline& opened, const std::string& step)
    : world_(opened),
      lone_(resolve_lone_step(world_, {.only = {step}}, LoneUse::comparison)),
      gate_(opened.pipeline, opened.places, opened.caller, 0, world_.state.step_locks()) {
  world_.stats.save();
  world_.interpreters.save();
  if (!lone_.resolution.hit)
    fail(ErrorKind::not_found,
         "there is no stored result of step '{}' to compare with: a run would execute it ({}); run "
         "it first",
         step, lone_.reason);
  for (const auto& output : stored().outputs) {
    if (const auto machines = world_.history.machines_with(output.object);
        !machines.empty() && world_.store.check(output.object) != ObjectState::intact)
      fail(ErrorKind::not_found,
           "cannot compare with what is stored of step '{0}': its output '{1}' lies on another "
           "machine only ('{2}'): `mlpipe get {3} {4} DIR` brings it here",
           step, output.name, printable(machines.front()), stored().run_id,
           shell_quoted(stored().step + "." + output.name));
    const auto found = world_.store.inspect(output.object, Closeness::bytes, world_.pool);
    if (!found.fault.empty())
      fail(ErrorKind::system, "cannot compare with what is stored of step '{}': {}", step,
           found.fault);
    if (found.state != ObjectState::intact)
      fail(ErrorKind::system,
           "cannot compare with what is stored of step '{}': its output '{}' was damaged and has "
           "been set aside; the next run makes it anew",
           step, output.name);
  }
  const auto& chosen = opened.pipeline[lone_.id];
  if (chosen.is_isolated()) check_isolation(opened.caller, {chosen.name});
  choose_directory();
}

/// The usual one if it is free, so that paths in outputs come out the same; else one of its own.
void StepRepeat::choose_directory() {
  const std::string name = lone_.resolution.fingerprint.hex();
  for (int number = 0;; ++number) {
    const std::string tried =
        number == 0
            ? name
            : fmt::format("{}-verify{}", name, number == 1 ? "" : fmt::format("-{}", number));
    if (!gate_.claim_work(work_in(tried))) continue;
    directory_.root = world_.state.work() / tried;
    // What a failed attempt left in the usual one may still be wanted.
    if (number > 0 || !stat_link(directory_.root)) return;
    gate_.release_work(work_in(tried));
  }
}

RepeatOutcome StepRepeat::run(const std::function<void(const std::string&)>& note) {
  RepeatOutcome outcome;
  RepeatEvents events;
  const SignalWatch signals([&events](int signal) { events.push(Interruption{signal}); });
  for (bool told = false; !gate_.take_slots(lone_.id); told = true) {
    if (!told) note("waits for slots, which other runs hold");
    constexpr std::chrono::milliseconds pause(100);
    if (const auto event = events.pop_within(pause)) {
      outcome.signal = std::get<Interruption>(*event).signal;
      return outcome;
    }
  }
  for (const auto& notice : gate_.take_notices()) note(notice);
  auto execution = describe_lone_step(world_, lone_);
  execution.run_id = "verify";
  execution.experiment = world_.opened.pipeline.experiment_name;
  execution.directory = directory_;
  execution.stdout_file = directory_.root / "stdout";
  execution.stderr_file = directory_.root / "stderr";
  execution.visible_gpus = gate_.visible_gpus(lone_.id);
  Job job = prepare_lone_step(execution, world_.store);
  job.id = {1};
  const TimePoint began = now();
  JobFinished end;
  {
    LocalTarget target([&events](const JobEvent& event) {
      std::visit([&events](const auto& news) { events.push(news); }, event);
    });
    outcome.signal = run_job(target, job, events, end);
  }
  gate_.give_back_slots(lone_.id);
  outcome.took = now() - began;
  if (outcome.signal != 0) return outcome;
  outcome.failure = failure_of(end, job.timeout);
  if (end.outcome == JobFinished::Outcome::exited && !outcome.failure.empty())
    if (auto text = rank_failure_text(execution); !text.empty()) outcome.failure = std::move(text);
  if (outcome.failure.empty()) {
    outcome.doubts = doubts_about_inputs(execution, world_.store);
    compare(execution, outcome);
  }
  constexpr std::uint64_t tail = 2000;
  if (!outcome.failure.empty()) outcome.log_tail = read_tail(telling_logs(execution).second, tail);
  return outcome;
}

void StepRepeat::compare(const StepExecution& execution, RepeatOutcome& outcome) {
  // The same way into a store as in a run: links and permissions come out alike.
  ObjectStore made(made_in(directory_) / "objects", made_in(directory_) / "scratch");
  StepExecution collected = execution;
  collected.keep_directory = true;
  collected.inputs.clear();  // they are in another store, and were looked at
  collected.in_place.clear();
  const Collection collection = collect_step(collected, made);
  outcome.failure = collection.failure;
  if (!outcome.failure.empty()) return;
  std::map<std::string, std::pair<const OutputRecord*, const OutputRecord*>> by_name;
  for (const auto& output : stored().outputs) by_name[output.name].first = &output;
  for (const auto& output : collection.outputs) by_name[output.name].second = &output;
  for (const auto& [name, sides] : by_name)
    outcome.outputs.push_back(compare_output(name, sides.first, sides.second, made));
  for (const auto& output : outcome.outputs) {
    const auto& [before, now] = by_name[output.name];
    if (!output.counts || before == nullptr || now == nullptr) continue;
    for (const auto& difference : output.differences)
      if (holds_only_now(world_.store.content_folder(before->object) / difference.path,
                         made.content_folder(now->object) / difference.path, directory_.root))
        outcome.holds_own_path = true;
  }
}

ComparedOutput StepRepeat::compare_output(const std::string& name, const OutputRecord* before,
                                          const OutputRecord* now, const ObjectStore& made) const {
  ComparedOutput compared{.name = name, .counts = name != artifacts_output && name != logs_output};
  KnownTree first;
  KnownTree second;
  if (before != nullptr)
    first = {world_.store.content_folder(before->object), world_.store.entries(before->object)};
  if (now != nullptr) {
    second = {made.content_folder(now->object), made.entries(now->object)};
    compared.files = now->files;
    compared.bytes = now->bytes;
  }
  compared.equal = before != nullptr && now != nullptr && before->object == now->object;
  if (!compared.equal) compared.differences = tree_differences(first, second);
  return compared;
}

bool StepRepeat::mark_varying(const RepeatOutcome& outcome) {
  if (outcome.signal != 0 || !outcome.failure.empty() || outcome.is_equal() ||
      !outcome.doubts.empty() || outcome.holds_own_path)
    return false;
  world_.history.mark_varying(lone_.resolution.fingerprint);
  return true;
}

void StepRepeat::remove_directory() const { remove_tree(directory_.root); }

}  // namespace mlpipe
