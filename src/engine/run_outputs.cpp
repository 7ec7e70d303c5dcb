#include "engine/run_outputs.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "engine/object_fetcher.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// The name that people write: what a step left in ./outputs and ./logs goes by the folder's.
std::string written_output(const OutputRecord& output) {
  if (output.name == artifacts_output) return "outputs";
  if (output.name == logs_output) return "logs";
  return output.name;
}

std::string listed(const std::vector<std::string>& names, bool any_completed) {
  constexpr std::size_t most_named = 20;
  if (names.empty())
    return any_completed ? "its steps have no outputs" : "none of its steps is completed";
  std::vector<std::string> some(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                   names.size(), most_named)));
  return fmt::format("it has {}{}", fmt::join(some, ", "), names.size() > most_named ? ", …" : "");
}

}  // namespace

std::optional<RunOutputReference> find_pipeline_output(const RunRecord& run,
                                                       const std::string& name) {
  const auto spec = parse_json_object(run.resolved_spec);
  const auto outputs = spec.find("outputs");
  if (outputs == spec.end() || !outputs->is_object()) return std::nullopt;
  const auto found = outputs->find(name);
  if (found == outputs->end()) return std::nullopt;
  return RunOutputReference{
      .run = run.id, .step = text_in(*found, "step"), .output = text_in(*found, "output")};
}

RunOutput find_run_output(History& history, const RunOutputReference& written) {
  RunOutput found{.run = history.find_run(written.run), .step = {}, .output = {}};
  const auto of_pipeline =
      written.step.empty() ? find_pipeline_output(found.run, written.output) : std::nullopt;
  const auto& reference = of_pipeline ? *of_pipeline : written;
  bool any_completed = false;
  std::vector<std::string> fits;
  std::vector<std::string> known;
  TimePoint collected{};
  for (const auto& step : history.steps_of(found.run.key)) {
    if (step.status != Status::completed || !step.result) continue;
    any_completed = true;
    const auto result = history.find_result(*step.result);
    if (!result) continue;
    for (const auto& output : result->outputs) {
      const auto name = written_output(output);
      known.push_back(fmt::format("{}.{}", step.step, name));
      if (name != reference.output || (!reference.step.empty() && step.step != reference.step))
        continue;
      fits.push_back(known.back());
      found.step = step;
      found.output = output;
      collected = result->collected;
    }
  }
  const auto wanted = reference.step.empty()
                          ? reference.output
                          : fmt::format("{}.{}", reference.step, reference.output);
  if (fits.empty())
    fail(ErrorKind::not_found, "run {} has no output '{}'{}; {}", found.run.id, printable(wanted),
         did_you_mean(wanted, known), listed(known, any_completed));
  if (fits.size() > 1)
    fail(ErrorKind::not_found, "several steps of run {} have an output '{}': write one of {}",
         found.run.id, printable(wanted), fmt::join(fits, ", "));
  if (collected != TimePoint{})
    fail(ErrorKind::not_found,
         "output '{}' of run {} was collected by gc on {}; run the pipeline again to make it anew",
         fits.front(), found.run.id, local_time_text(collected));
  return found;
}

fs::path place_of(const ObjectStore& store, const OutputRecord& output) {
  const auto content = store.content_folder(output.object);
  return output.is_file ? content / output.file_name : content;
}

namespace {

[[noreturn]] void fail_without(const ObjectStore& store, const Hash& object,
                               const std::string& what) {
  fail(ErrorKind::not_found,
       "{} is missing or damaged in the store ('{}'); `mlpipe verify` says what else is", what,
       store.content_folder(object).parent_path().string());
}

}  // namespace

void require_object(ObjectStore& store, const Hash& object, const std::string& what) {
  if (store.check(object) != ObjectState::intact) fail_without(store, object, what);
}

namespace {

/// They were asked and do not have it: the next run that needs it makes it anew. Where nothing can
/// be written, a run finds out by itself once a step reads it.
void forget_elsewhere(const StateDirectory& state, const Hash& object,
                      const std::vector<std::string>& machines) {
  try {
    History history(state.database(), Database::Mode::read_write);
    history.begin_batch();
    for (const auto& machine : machines) history.forget_elsewhere(object, machine);
    history.commit_batch();
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch)
  }
}

}  // namespace

bool fetch_output(const OutputStore& from, const Hash& object) {
  if (from.store.check(object) == ObjectState::intact) return true;
  const auto machines = from.history.machines_with(object);
  if (machines.empty()) return false;
  RemoteMachines reached(from.state.root, from.workspace.compute_targets);
  reached.tell({}, {}, from.transfers);
  ObjectFetcher fetcher(reached, from.store, from.state.scratch());
  if (fetcher.fetch(object, machines)) return true;
  forget_elsewhere(from.state, object, reached.known(machines));
  return false;
}

void require_output(const OutputStore& from, const Hash& object, const std::string& what) {
  if (!fetch_output(from, object)) fail_without(from.store, object, what);
}

}  // namespace mlpipe
