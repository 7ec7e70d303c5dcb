#include "engine/publish_pipeline.h"

#include <fmt/format.h>

#include <set>

#include "base/error.h"
#include "base/text.h"
#include "engine/git_record.h"
#include "engine/record_run.h"
#include "engine/run_world.h"
#include "engine/step_source.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

void require_inputs(const Pipeline& pipeline) {
  for (const auto& input : pipeline.inputs)
    if (input.required)
      fail(
          ErrorKind::usage,
          "the input '{0}' has no path and cannot be frozen: give one with -i {0}=PATH, or publish "
          "without --freeze-inputs",
          input.name);
}

/// A pipeline on its way into the store.
class Publication {
 public:
  Publication(const PublishRequest& request, const OpenedPipeline& opened)
      : request_(request), opened_(opened), world_(opened) {}

  [[nodiscard]] PublishedVersion publish() {
    if (opened_.recorded) require_sources(opened_.pipeline, rules(), world_.store);
    RunToRepeat asked = asked_run();
    store_sources(asked.spec);
    if (request_.freeze_inputs) store_inputs(asked.spec);
    asked.interpreters = interpreters_of(opened_.pipeline, world_.facts);
    EndpointVersion version{.description = request_.description,
                            .pipeline = opened_.pipeline.name,
                            .from_run = request_.from_run};
    if (opened_.recorded) {
      version.properties = opened_.recorded->properties;
      version.properties.erase(repeated_run_property);
    } else {
      version.properties =
          git_properties(describe_git(git_folders(opened_.pipeline), /*with_diff=*/false));
    }
    const auto text = encode(asked);
    version.spec = hash_bytes(text);
    version.objects = asked.spec.objects();
    world_.store.flush();
    world_.history.database().make_commits_durable();
    world_.history.begin_batch();
    world_.history.remember_text(version.spec, text);
    auto published = Endpoints(world_.history)
                         .publish(request_.endpoint, request_.description, std::move(version),
                                  request_.set_default);
    world_.history.commit_batch();
    world_.stats.save();
    world_.interpreters.save();
    return published;
  }

 private:
  [[nodiscard]] std::vector<StepRule> rules() const {
    return rules_for(opened_.pipeline, opened_.graph, request_.selection);
  }

  [[nodiscard]] RunToRepeat asked_run() const {
    auto asked =
        what_is_asked(opened_, {.overrides = request_.pipeline.overrides,
                                .selection = request_.selection,
                                .everything_local = request_.pipeline.everything_local,
                                .continue_on_step_failure = request_.continue_on_step_failure});
    // Data are references: what `@latest` and `latest` mean is found anew by each run.
    std::erase_if(asked.versions, [](const auto& each) {
      return each.first.starts_with("data ") || each.first.starts_with("run ");
    });
    if (opened_.recorded) {
      asked.spec.hash_paths = opened_.recorded->asked.spec.hash_paths;
      asked.spec.inputs = opened_.recorded->asked.spec.inputs;
    }
    return asked;
  }

  void store_sources(FrozenSpec& spec) {
    for (const Step& step : opened_.pipeline.steps) {
      if (step.sources->is_registered) continue;
      for (const auto& path : step.sources->hash_paths)
        spec.hash_paths.try_emplace(world_.facts.hash_path(step, path),
                                    world_.facts.hash_path_now(step, path));
      if (step.sources->is_empty()) continue;
      const Hash stored =
          step.sources->frozen
              ? *step.sources->frozen
              : world_.store.add_source(source_of(step, written_paths()), world_.stats, world_.pool)
                    .id;
      if (stored != Hash{}) spec.sources[source_key(step)] = stored;
    }
  }

  [[nodiscard]] std::set<std::string> written_paths() const {
    std::set<std::string> paths;
    for (const auto& step : opened_.pipeline.steps)
      for (const auto& output : step.outputs)
        if (!output.path->empty()) paths.insert(output.path->native());
    return paths;
  }

  void store_inputs(FrozenSpec& spec) {
    for (const auto& input : opened_.pipeline.inputs) store_input(input.path, spec);
    for (const auto& step : opened_.pipeline.steps)
      for (const auto& input : step.inputs)
        if (const auto* source = path_source(input.source)) {
          if (!source->url.empty() || !source->asset.empty())
            fail(ErrorKind::usage,
                 "the input '{}' of the step '{}', {}, cannot be frozen: it {}; publish without "
                 "--freeze-inputs, or give it a path",
                 input.name, step.name, printable(source->text),
                 source->url.empty() ? "is registered, and kept by its version"
                                     : "has an address, which is fetched by each run");
          store_input(source->path, spec);
        }
  }

  void store_input(const fs::path& path, FrozenSpec& spec) {
    if (path.empty() || spec.inputs.contains(path) || is_in_store(path)) return;
    const auto added = world_.store.add_copy(path, world_.stats, world_.pool);
    spec.inputs[path] = {.object = added.id,
                         .file_name = added.kind == FileKind::file ? added.file_name : ""};
  }

  [[nodiscard]] bool is_in_store(const fs::path& path) const {
    return path.native().starts_with(world_.state.objects().native() + "/");
  }

  const PublishRequest& request_;
  const OpenedPipeline& opened_;
  RunWorld world_;
};

}  // namespace

PublishedVersion publish_pipeline(const PublishRequest& request) {
  Endpoints::check_name(request.endpoint);
  auto opening = request.pipeline;
  opening.may_lack_values = true;
  const OpenedPipeline opened(opening);
  if (request.freeze_inputs) require_inputs(opened.pipeline);
  check_runnable(opened.pipeline, rules_for(opened.pipeline, opened.graph, request.selection));
  return Publication(request, opened).publish();
}

RecordedPipeline recorded_pipeline(History& history, const ObjectStore& store,
                                   const EndpointRecord& endpoint, const EndpointVersion& version) {
  const auto origin = fmt::format("version {} of the endpoint '{}'", version.number, endpoint.name);
  RecordedPipeline recorded{.asked = read_run_to_repeat(history, version.spec, store, origin),
                            .origin = origin,
                            .properties = version.properties};
  recorded.properties[endpoint_property] = endpoint.name;
  recorded.properties[endpoint_version_property] = std::to_string(version.number);
  return recorded;
}

std::map<std::string, std::string> interpreters_of(const Pipeline& pipeline,
                                                   StepFactReader& facts) {
  std::map<std::string, std::string> found;
  for (std::size_t i = 0; i < pipeline.steps.size(); ++i) {
    const auto& name = pipeline.steps[i].settings->environment;
    for (const auto& [language, identity] : facts.interpreters({i}))
      found.emplace((name.empty() ? "system" : name) + "/" + language, identity);
  }
  return found;
}

std::vector<std::string> changed_since_recorded(const RecordedPipeline& recorded,
                                                const Pipeline& pipeline, StepFactReader& facts) {
  std::vector<std::string> changes;
  std::set<fs::path> told;
  for (const auto& step : pipeline.steps)
    for (const auto& [path, before] : step.sources->frozen_hash_paths)
      if (facts.hash_path_now(step, path) != before &&
          told.insert(facts.hash_path(step, path)).second)
        changes.push_back(fmt::format(
            "note: '{}' of the 'hash_paths' is not as it was in {}; it is read as it is now",
            printable(path), recorded.origin));
  if (recorded.asked.interpreters.empty()) return changes;
  const auto now = interpreters_of(pipeline, facts);
  for (const auto& [name, identity] : recorded.asked.interpreters)
    if (const auto found = now.find(name); found != now.end() && found->second != identity)
      changes.push_back(fmt::format(
          "note: the environment '{}' is not as it was in {}: its {} has changed since, so the "
          "steps in it may run anew",
          name.substr(0, name.rfind('/')), recorded.origin, name.substr(name.rfind('/') + 1)));
  return changes;
}

}  // namespace mlpipe
