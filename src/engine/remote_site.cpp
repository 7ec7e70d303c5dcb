#include "engine/remote_site.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// What waits for the network; more would only wait for each other.
constexpr unsigned site_threads = 4;

std::string job_name(const StepExecution& execution) {
  return execution.directory.root.filename().native();
}

/// That a machine gives just what the step makes: each declared output once, of its kind, and what
/// it left in ./outputs and ./logs.
void check_names(const Step& step, const std::vector<TakenOutputs::Output>& outputs,
                 const std::string& target) {
  std::map<std::string, FileKind> expected;
  for (const auto& output : StepDirectory::declared(step))
    expected[output.name] = output.file_name.empty() ? FileKind::folder : FileKind::file;
  const auto declared = expected.size();
  expected.emplace(artifacts_output, FileKind::folder);
  expected.emplace(logs_output, FileKind::folder);
  std::size_t found = 0;
  for (const auto& output : outputs) {
    const auto name = expected.find(output.name);
    if (name == expected.end() ||
        (name->second == FileKind::file && output.object.kind != FileKind::file))
      fail(ErrorKind::system,
           "compute target '{}': what came back is not what the step makes: '{}'", target,
           printable(output.name));
    if (output.name != artifacts_output && output.name != logs_output) ++found;
    expected.erase(name);
  }
  if (found != declared)
    fail(ErrorKind::system,
         "compute target '{}': what came back lacks an output that the step makes", target);
}

}  // namespace

/// What a step reads, as objects.
struct RemoteSite::Needed {
  std::vector<Hash> objects;           ///< The sources, then one for each input.
  std::vector<ObjectToSend> in_place;  ///< Those that lie outside the store.

  [[nodiscard]] const ObjectToSend* find_in_place(const Hash& id) const {
    for (const auto& object : in_place)
      if (object.head.id == id) return &object;
    return nullptr;
  }
};

RemoteSite::RemoteSite(World world) : world_(std::move(world)), pool_(site_threads) {}

RemoteSite::Needed RemoteSite::what_is_needed(const StepExecution& execution) {
  Needed needed{.objects = {execution.source}};
  for (const auto& input : execution.inputs) {
    if (input.object) {
      needed.objects.push_back(*input.object);
      continue;
    }
    auto object = object_at(input.here, *input.contents);
    needed.objects.push_back(object.head.id);
    needed.in_place.push_back(std::move(object));
  }
  return needed;
}

/// Over there every input is an object.
StepExecution RemoteSite::with_objects(StepExecution execution, const Needed& needed) {
  for (std::size_t i = 0; i < execution.inputs.size(); ++i)
    execution.inputs[i].object = needed.objects[i + 1];
  return execution;
}

Preparation RemoteSite::prepare(const StepExecution& execution) {
  for (const auto* contents : execution.in_place)
    if (const auto moved = first_moved(*contents)) return InputMoved{*moved};
  make_folders(execution.stdout_file.parent_path());
  const auto needed = what_is_needed(execution);
  auto plan = describe_job(with_objects(execution, needed));
  if (auto problem = send(execution, needed)) return std::move(*problem);
  const std::lock_guard lock(prepared_mutex_);
  prepared_[job_name(execution)] = {.may_adopt = execution.may_adopt,
                                    .needed = needed.objects,
                                    .plan = std::move(plan.directory),
                                    .context = std::move(plan.context),
                                    .python = execution.python.native()};
  return ReadyToStart{.job = std::move(plan.job)};
}

/// Whether an object that the step needs (the sources at 0, then its inputs) is in our store; it is
/// fetched from another machine, if one has it.
bool RemoteSite::is_here(const StepExecution& execution, std::size_t at, const Hash& id) {
  if (world_.store.check(id) == ObjectState::intact) return true;
  return at > 0 &&
         world_.fetcher.fetch(id, execution.inputs[at - 1].machines, WhenCanceled::give_up);
}

/// All that is not there yet. What cannot be sent is the answer.
std::optional<Preparation> RemoteSite::send(const StepExecution& execution, const Needed& needed) {
  if (world_.host.missing(needed.objects).empty()) return std::nullopt;
  const std::lock_guard lock(sending_);
  const auto missing = world_.host.missing(needed.objects);
  InputsLost lost;
  for (std::size_t i = 0; i < needed.objects.size(); ++i) {
    const auto& id = needed.objects[i];
    if (std::find(missing.begin(), missing.end(), id) == missing.end()) continue;
    if (const auto* in_place = i == 0 ? nullptr : needed.find_in_place(id)) {
      try {
        world_.host.put(*in_place);
      } catch (const Error&) {
        const auto& contents = *execution.inputs[i - 1].contents;
        if (const auto moved = first_moved(contents)) return InputMoved{*moved};
        throw;
      }
    } else if (is_here(execution, i, id)) {
      const bool is_file = i > 0 && execution.inputs[i - 1].is_file;
      world_.host.put(object_in(world_.store, id, is_file));
    } else if (i == 0) {
      return SourceLost{};
    } else {
      lost.inputs.push_back(i - 1);
    }
  }
  if (!lost.inputs.empty()) return lost;
  return std::nullopt;
}

DirectoryToMake RemoteSite::take_prepared(const std::string& name) {
  const std::lock_guard lock(prepared_mutex_);
  return std::move(prepared_.extract(name).mapped());
}

void RemoteSite::submit(const Job& job, const StepExecution& execution) {
  const auto& resources = execution.step->settings->resources;
  SlotRequest slots{.target = world_.target,
                    .cpus = static_cast<unsigned>(std::max(1, resources.cpus.value_or(1))),
                    .memory_bytes = resources.memory_bytes.value_or(0)};
  if (!world_.capacity.gpus.empty())
    slots.gpus = static_cast<unsigned>(std::max(0, resources.gpus.value_or(0)));
  RemoteJob remote{.job = job,
                   .name = job_name(execution),
                   .make = take_prepared(job_name(execution)),
                   .slots = slots,
                   .capacity = world_.capacity};
  if (auto rest = world_.host.run_without_waiting(std::move(remote))) orders_.run(std::move(rest));
}

void RemoteSite::cancel(JobId job, bool at_once) {
  orders_.run([this, job, at_once] { world_.host.cancel(job, at_once); });
}

Collection RemoteSite::collect(const StepExecution& execution) {
  Collection collection;
  const auto needed = what_is_needed(execution);
  const auto answer = world_.host.take_outputs(
      {.request = {},
       .name = job_name(execution),
       .outputs = StepDirectory::declared(*execution.step),
       .kept = {{std::string(artifacts_output), "outputs"}, {std::string(logs_output), "logs"}},
       .inputs = needed.objects,
       .keep_directory = execution.keep_directory});
  collection.warnings = answer.taken.warnings;
  collection.failure = answer.taken.failure;
  collection.metrics =
      parse_metrics(answer.metrics, from_micros(answer.metrics_time_us), collection.warnings);
  if (!collection.failure.empty()) return collection;
  for (const auto* contents : execution.in_place)
    if (const auto moved = first_moved(*contents))
      collection.doubts.push_back(
          fmt::format("'{}' was changed while the step ran: this result is not kept for reuse",
                      printable(moved->native())));
  if (!answer.moved_inputs.empty())
    collection.doubts.push_back(
        fmt::format("what it reads was changed in the store on compute target '{}' while it ran "
                    "(perhaps by the step itself): this result is not kept for reuse",
                    world_.target));
  if (execution.interpreter_moved && execution.interpreter_moved())
    collection.doubts.emplace_back(
        "its interpreter or one of its packages was changed while the step ran: this result is not "
        "kept for reuse");
  check_names(*execution.step, answer.taken.outputs, world_.target);
  collection.machine = world_.machine;
  for (const auto& output : answer.taken.outputs)
    if (!is_needed_here(*execution.step, output.name))
      collection.outputs.push_back(record_of(output.name, output.object));
    else if (!fetch(output, collection))
      return give_back(execution, output.name);
  return collection;
}

/// What was made is lost over there: no later run may take it up.
Collection RemoteSite::give_back(const StepExecution& execution, const std::string& output) {
  recorded(execution.directory.root, execution.keep_directory);
  return {.failure = fmt::format("its output '{}' was lost on compute target '{}' before it was "
                                 "fetched: it has to run again",
                                 output, world_.target)};
}

bool RemoteSite::is_needed_here(const Step& step, const std::string& output) const {
  if (world_.fetches_all) return true;
  for (const auto& declared : step.outputs)
    if (declared.name == output) return !declared.path->empty() || !declared.asset->name.empty();
  return true;  // artifacts and logs: people look at them
}

/// False if it is lost. What is recorded is what came, not what the other side says of it.
bool RemoteSite::fetch(const TakenOutputs::Output& output, Collection& collection) {
  const auto& id = output.object.id;
  try {
    if (world_.store.check(id) != ObjectState::intact)
      (void)world_.host.get(id, world_.store, world_.scratch);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::not_found) throw;
    return false;
  }
  auto object = world_.store.describe(id, output.object.kind);
  collection.outputs.push_back(record_of(output.name, object));
  collection.objects.push_back(std::move(object));
  return true;
}

/// Once nothing depends on it any more. If it does not get there, the next run's comes to it.
void RemoteSite::recorded(const fs::path& directory, bool keep_directory) {
  in_background([this, name = directory.filename().native(), keep_directory] {
    try {
      world_.host.release({.request = {}, .name = name, .keep_directory = keep_directory});
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch)
    }
  });
}

void RemoteSite::in_background(std::function<void()> work) { pool_.run(std::move(work)); }

}  // namespace mlpipe
