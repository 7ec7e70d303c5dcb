#include "engine/run_to_repeat.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

namespace mlpipe {

using nlohmann::json;

namespace {

json overrides_json(const PipelineOverrides& overrides) {
  json inputs = json::array();
  for (const auto& [name, path] : overrides.inputs) inputs.push_back({name, path.native()});
  return {{"parameters", pairs_json(overrides.parameters)},
          {"inputs", std::move(inputs)},
          {"settings", pairs_json(overrides.settings)},
          {"compute_target", text_or_null(overrides.compute_target)},
          {"experiment_name", text_or_null(overrides.experiment_name)}};
}

PipelineOverrides overrides_in(const json& object) {
  PipelineOverrides overrides{.parameter_files = {},
                              .parameters = pairs_in(object.at("parameters")),
                              .inputs = {},
                              .settings = pairs_in(object.at("settings")),
                              .compute_target = text_unless_null(object.at("compute_target")),
                              .experiment_name = text_unless_null(object.at("experiment_name"))};
  for (auto& [name, path] : pairs_in(object.at("inputs")))
    overrides.inputs.emplace_back(name, path);
  return overrides;
}

std::optional<RunToRepeat> from_json(const json& object) {
  auto spec = decode_frozen_spec(object.at("spec").dump());
  if (!spec) return std::nullopt;
  return RunToRepeat{
      .spec = std::move(*spec),
      .overrides = overrides_in(object.at("overrides")),
      .selection = {.from = {},
                    .only = object.at("only").get<std::vector<std::string>>(),
                    .until = object.at("until").get<std::vector<std::string>>()},
      .everything_local = object.at("everything_local").get<bool>(),
      .continue_on_step_failure = object.at("continue_on_step_failure").get<bool>(),
      .versions = object.at("versions").get<AssetVersions>(),
      .interpreters = object.value("interpreters", std::map<std::string, std::string>())};
}

}  // namespace

std::string encode(const RunToRepeat& run) {
  json object = {{"overrides", overrides_json(run.overrides)},
                 {"only", run.selection.only},
                 {"until", run.selection.until},
                 {"everything_local", run.everything_local},
                 {"continue_on_step_failure", run.continue_on_step_failure},
                 {"versions", run.versions}};
  if (!run.interpreters.empty()) object["interpreters"] = run.interpreters;
  std::string text;
  try {
    text = object.dump();
  } catch (const json::exception&) {
    fail(ErrorKind::invalid_file, "a value or path that the run was given is not UTF-8");
  }
  add_member(text, "spec", encode(run.spec));  // with the texts of all files: not parsed for this
  return text;
}

std::optional<RunToRepeat> decode_run_to_repeat(std::string_view text) {
  try {
    return from_json(parse_json_object(text));
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

EarlierRun find_run_to_repeat(History& history, RunRecord run, const ObjectStore& store) {
  const auto property = run.properties.find(recorded_spec_property);
  if (run.status == Status::queued)
    fail(ErrorKind::usage,
         "run {} is queued: what it runs is recorded when it begins; submit to its endpoint once "
         "more instead",
         run.id);
  if (property == run.properties.end())
    fail(ErrorKind::not_found,
         "what run {} was asked for is not recorded: an earlier version of mlpipe made it, or a "
         "path "
         "or value that it was given is not UTF-8; run its file '{}' instead",
         run.id, printable(run.spec_file));
  auto asked = read_run_to_repeat(history, parse_hash(property->second).value_or(Hash{}), store,
                                  "what run " + run.id + " was asked for");
  return {.record = std::move(run), .asked = std::move(asked)};
}

RunToRepeat read_run_to_repeat(History& history, const Hash& hash, const ObjectStore& store,
                               const std::string& what) {
  auto asked = decode_run_to_repeat(history.text_of(hash));
  bool is_whole = asked.has_value();
  if (asked)
    for (const auto& [path, text_hash] : std::exchange(asked->spec.texts_elsewhere, {})) {
      const auto& text = asked->spec.texts[path] = history.text_of(text_hash);
      is_whole = is_whole && hash_bytes(text) == text_hash;
    }
  if (!is_whole)
    fail(ErrorKind::system,
         "{} cannot be read: its record in the database is damaged (`mlpipe doctor` looks at the "
         "whole database)",
         what);
  for (const auto& object : asked->spec.objects())
    asked->spec.places[object] = store.content_folder(object);
  return std::move(*asked);
}

RecordedPipeline recorded_pipeline(EarlierRun run) {
  RecordedPipeline recorded{.asked = std::move(run.asked), .origin = "run " + run.record.id};
  recorded.properties[repeated_run_property] = run.record.id;
  for (const auto& [name, value] : run.record.properties)
    if (name.find("git") != std::string::npos) recorded.properties[name] = value;
  return recorded;
}

PipelineOverrides added_to(PipelineOverrides overrides, PipelineOverrides later) {
  overrides.earlier_parameters = std::move(overrides.parameters);
  overrides.parameters.clear();
  const auto append = [](auto& list, auto& more) {
    list.insert(list.end(), std::make_move_iterator(more.begin()),
                std::make_move_iterator(more.end()));
  };
  append(overrides.parameter_files, later.parameter_files);
  append(overrides.parameters, later.parameters);
  append(overrides.inputs, later.inputs);
  append(overrides.settings, later.settings);
  if (later.compute_target) overrides.compute_target = std::move(later.compute_target);
  if (later.experiment_name) overrides.experiment_name = std::move(later.experiment_name);
  return overrides;
}

std::map<SourceKey, Hash> known_sources(const Pipeline& pipeline, const StepFactReader& facts) {
  std::map<SourceKey, Hash> sources;
  for (std::size_t i = 0; i < pipeline.steps.size(); ++i) {
    const Step& step = pipeline.steps[i];
    if (step.sources->is_registered) continue;
    if (step.sources->is_empty()) continue;
    if (const auto hash = facts.known_source({i}); hash && *hash != Hash{})
      sources.emplace(source_key(step), *hash);
  }
  return sources;
}

void require_sources(const Pipeline& pipeline, const std::vector<StepRule>& rules,
                     ObjectStore& store) {
  std::map<Hash, bool> present;
  std::string missing;
  for (std::size_t i = 0; i < pipeline.steps.size(); ++i) {
    const Step& step = pipeline.steps[i];
    if (!rules[i].selected || !step.sources->frozen) continue;
    const auto [found, is_new] = present.emplace(*step.sources->frozen, false);
    if (is_new && *step.sources->frozen != Hash{})
      found->second = store.check(*step.sources->frozen) == ObjectState::intact;
    if (found->second) continue;
    missing += fmt::format(
        "\n  step '{}': {}", step.name,
        *step.sources->frozen == Hash{}
            ? "the run did not include it, or with other sources: these were not kept"
            : "its sources are not in the store any more (gc collected them, or they are damaged)");
  }
  if (!missing.empty())
    fail(ErrorKind::not_found,
         "the run cannot be repeated as it was:{}\nrun the pipeline's file instead", missing);
}

}  // namespace mlpipe
