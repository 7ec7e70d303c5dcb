#include "cli/shown_outputs.h"

#include <fmt/format.h>

#include <array>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "engine/remote_machines.h"
#include "engine/write_back.h"

namespace mlpipe {

namespace {

using State = PublishedPlace::State;

struct PlaceWords {
  State state;
  std::string_view json;
  std::string_view people;
};

constexpr std::array<PlaceWords, 6> place_words = {{
    {State::holds, "holds", ""},
    {State::free, "missing", "not there"},
    {State::part, "incomplete", "a part of it was removed"},
    {State::other, "other", "another run's output is there"},
    {State::edited, "edited", "not there: what is there was edited since mlpipe put it there"},
    {State::foreign, "foreign", "not copied: what is there was not put there by mlpipe"},
}};

const PlaceWords& words_of(State state) {
  for (const auto& words : place_words)
    if (words.state == state) return words;
  return place_words.front();
}

}  // namespace

/// What it takes to look at paths.
struct ShownOutputs::Reader {
  explicit Reader(const StateDirectory& state)
      : store(state.objects(), state.scratch()), cache(state.stat_cache()) {}

  ObjectStore store;
  StatCache cache;
  WorkerPool pool;
};

std::string ShownOutput::place_text() const {
  if (path.empty() || !place) return printable(path);
  const auto words = words_of(*place).people;
  return words.empty() ? printable(path) : fmt::format("{} ({})", printable(path), words);
}

std::string ShownOutput::machines_text() const {
  if (elsewhere.empty()) return {};
  return fmt::format("{}{}", is_here ? "here, " : "",
                     printable(fmt::format("{}", fmt::join(elsewhere, ", "))));
}

std::string_view to_text(State state) { return words_of(state).json; }

ShownOutputs::ShownOutputs(const RunRecord& run, OpenedHistory& opened) : opened_(opened) {
  for (const auto& target : opened.workspace.compute_targets)
    if (target.ssh) targets_.emplace(machine_name(target), target.name);
  const auto spec = parse_json(run.resolved_spec);
  if (!spec.is_object() || !spec.contains("steps")) return;
  for (const auto& step : spec["steps"]) {
    if (!step.is_object() || !step.contains("outputs")) continue;
    for (const auto& [name, output] : step["outputs"].items())
      if (const auto path = text_in(output, "path"); !path.empty())
        paths_[{text_in(step, "name"), name}] = path_in_run(path, run.id);
  }
}

ShownOutputs::~ShownOutputs() = default;

std::optional<State> ShownOutputs::look(const ShownOutput& output) {
  constexpr std::uint64_t most_bytes = std::uint64_t{256} << 20U;
  const WriteBack what{.output = output.name,
                       .path = output.path,
                       .object = output.record.object,
                       .content_hash = output.record.content_hash,
                       .is_file = output.record.is_file,
                       .put_before = opened_.history.published_content(output.path)};
  try {
    const auto there = stat_link(what.path);
    if (!there) return State::free;
    // A look must not take minutes: of large outputs what is recorded is believed.
    if (output.record.bytes > most_bytes)
      return what.put_before == what.content_hash ? State::holds : State::other;
    if (!reader_) reader_ = std::make_unique<Reader>(opened_.state);
    return look_at_place(what, reader_->store, reader_->cache, reader_->pool).state;
  } catch (const Error&) {
    return std::nullopt;  // the rest of the run is shown all the same
  }
}

/// A machine that no compute target leads to any more goes by its own name.
std::vector<std::string> ShownOutputs::elsewhere(const Hash& object) const {
  std::vector<std::string> names;
  for (const auto& machine : opened_.history.machines_with(object)) {
    const auto target = targets_.find(machine);
    names.push_back(target == targets_.end() ? machine : target->second);
  }
  return names;
}

std::vector<ShownOutput> ShownOutputs::of(const StepDetails& details) {
  std::vector<ShownOutput> outputs;
  if (!details.result) return outputs;
  for (const auto& record : details.result->outputs) {
    ShownOutput output{.name = record.name, .record = record};
    if (record.name == artifacts_output) output.name = "outputs";
    if (record.name == logs_output) output.name = "logs";
    output.is_here =
        stat_link(ObjectStore::content_folder_in(opened_.state.objects(), record.object))
            .has_value();
    output.elsewhere = elsewhere(record.object);
    const auto path = paths_.find({details.record.step, record.name});
    if (path != paths_.end()) {
      output.path = path->second;
      output.place = look(output);
    }
    outputs.push_back(std::move(output));
  }
  return outputs;
}

}  // namespace mlpipe
