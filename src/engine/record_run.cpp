#include "engine/record_run.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <map>

#include "base/error.h"
#include "base/url.h"
#include "engine/resolved_spec.h"

namespace mlpipe {

namespace {

std::string user_name() {
  std::array<char, 4096> buffer{};
  struct passwd entry {};
  struct passwd* found = nullptr;
  if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 &&
      found != nullptr)
    return found->pw_name;
  return std::to_string(::getuid());
}

/// The addresses of inputs that have a password or signature with them. Nothing else is changed in
/// what is kept: a command that needs one is to be the same again.
class InputAddresses {
 public:
  explicit InputAddresses(const Pipeline& pipeline) {
    for (const auto& input : pipeline.inputs) add(input.url);
    for (const auto& step : pipeline.steps)
      for (const auto& input : step.inputs)
        if (const auto* source = path_source(input.source)) add(source->url);
  }

  [[nodiscard]] std::string without_secrets(std::string text) const {
    for (const auto& [url, bare] : bare_)
      for (auto at = text.find(url); at != std::string::npos; at = text.find(url, at + bare.size()))
        text.replace(at, url.size(), bare);
    return text;
  }

 private:
  void add(const std::string& url) {
    if (!url.empty() && url_has_secrets(url)) bare_.emplace(url, url_without_secrets(url));
  }

  std::map<std::string, std::string, std::greater<>>
      bare_;  ///< Longer before what they begin with.
};

}  // namespace

RunRecord new_run(const RunRequest& request) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return {.key = request.queued_run,
          .id = request.queued_run_id,
          .command_line = request.command_line,
          .status = Status::running,
          .host = host.data(),
          .user = user_name(),
          .version = MLPIPE_VERSION,
          .pid = ::getpid(),
          .started = now(),
          .tags = request.tags,
          .notifications = request.notifications};
}

RunRecord new_run(const Pipeline& pipeline, const RunRequest& request,
                  const std::optional<Hash>& known_spec) {
  RunRecord run = new_run(request);
  run.pipeline = pipeline.name;
  run.experiment = pipeline.experiment_name;
  run.spec_file = pipeline.file.string();
  run.known_spec = known_spec;
  if (!known_spec) run.resolved_spec = resolved_spec_json(pipeline);
  run.tags.insert(pipeline.tags.begin(), pipeline.tags.end());  // the request's win
  run.notifications.insert(run.notifications.begin(), pipeline.notifications.begin(),
                           pipeline.notifications.end());
  for (const auto& parameter : pipeline.parameters)
    run.parameters.emplace(parameter.name, parameter.value);
  if (request.recorded) run.properties = request.recorded->properties;
  return run;
}

RunToRepeat what_is_asked(const OpenedPipeline& opened, const RunRequest& request) {
  const Pipeline& pipeline = opened.pipeline;
  RunToRepeat asked{
      .spec = {.file = pipeline.file},
      .overrides = request.overrides,
      .selection = {.from = {}, .only = request.selection.only, .until = request.selection.until},
      .everything_local = request.everything_local,
      .continue_on_step_failure = request.continue_on_step_failure,
      .versions = opened.assets.versions()};
  if (opened.recorded) {
    asked.spec.hash_paths = opened.recorded->asked.spec.hash_paths;
    asked.spec.inputs = opened.recorded->asked.spec.inputs;
    asked.interpreters = opened.recorded->asked.interpreters;
  }
  const InputAddresses addresses(pipeline);
  for (const auto& [path, text] : pipeline.texts)
    asked.spec.texts[path] = addresses.without_secrets(text);
  for (const auto& step : pipeline.steps)
    if (step.sources->is_file && !step.sources->is_registered)
      asked.spec.source_files.insert(step.sources->directory / step.sources->include.front());
  for (auto& [key, value] : asked.overrides.settings) value = addresses.without_secrets(value);
  asked.overrides.parameter_files.clear();
  asked.overrides.earlier_parameters.clear();
  asked.overrides.parameters.clear();
  for (const auto& parameter : pipeline.parameters)
    if (parameter.overridden)
      asked.overrides.parameters.emplace_back(parameter.name,
                                              addresses.without_secrets(parameter.value));
  return asked;
}

namespace {

/// The texts of large files go into the record once, not with each run that had other sources.
void keep_large_texts(FrozenSpec& spec, History& history) {
  constexpr std::size_t large = 16'384;
  for (auto at = spec.texts.begin(); at != spec.texts.end();) {
    if (at->second.size() < large) {
      ++at;
      continue;
    }
    const Hash hash = hash_bytes(at->second);
    if (!history.has_text(hash)) history.remember_text(hash, at->second);
    spec.texts_elsewhere.emplace(at->first, hash);
    at = spec.texts.erase(at);
  }
}

}  // namespace

void keep_for_repetition(RunWorld& world, const RunRequest& request,
                         const std::vector<PlannedStep>& plan, RunRecord& run) {
  auto asked = what_is_asked(world.opened, request);
  asked.spec.sources = known_sources(world.opened.pipeline, world.facts);
  keep_large_texts(asked.spec, world.history);
  std::string text;
  try {
    text = encode(asked);
  } catch (const Error&) {
    return;  // a path that is not UTF-8: it runs, and cannot be repeated (find_run_to_repeat)
  }
  const Hash hash = hash_bytes(text);
  world.history.remember_text(hash, text);
  run.properties[recorded_spec_property] = hash.hex();
  run.sources.clear();
  for (const auto& [path, input] : asked.spec.inputs) run.sources.push_back(input.object);
  for (std::size_t i = 0; i < plan.size(); ++i)
    if (plan[i].decision == PlannedStep::Decision::run ||
        plan[i].decision == PlannedStep::Decision::depends)
      if (const auto source = world.facts.stored_source({i})) run.sources.push_back(*source);
}

}  // namespace mlpipe
