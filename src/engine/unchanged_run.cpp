#include "engine/unchanged_run.h"

#include <algorithm>

#include "engine/git_record.h"

namespace mlpipe {

namespace {

/// Whether a step is one of which Looks say all that its plan depends on.
bool is_seen_wholly(const Step& step, const StepPlace& place) {
  const auto has_address = [](const DataInput& input) {
    const auto* source = path_source(input.source);
    return source != nullptr && !source->url.empty();
  };
  const auto goes_further = [](const DataOutput& output) {
    return !output.path->empty() || !output.asset->name.empty();
  };
  return !place.target->ssh && std::none_of(step.inputs.begin(), step.inputs.end(), has_address) &&
         std::none_of(step.outputs.begin(), step.outputs.end(), goes_further);
}

}  // namespace

bool still_holds(const UnchangedRun& run, const SeenAgain& seen, const Variables& caller) {
  if (run.looks != seen.last.id) return false;
  for (const auto& [name, hash] : run.passed_variables)
    if (hash_of_variable(caller, name) != hash) return false;
  return seen.all_hold();
}

std::optional<UnchangedRun> to_unchanged_run(const RunRecord& run, const RunWorld& world,
                                             const std::vector<StepRule>& rules,
                                             const RememberedPlan& plan) {
  const auto& pipeline = world.opened.pipeline;
  if (!run.notifications.empty()) return std::nullopt;
  for (const auto& input : pipeline.inputs)
    if (!input.url.empty()) return std::nullopt;
  for (std::size_t i = 0; i < pipeline.steps.size(); ++i)
    if (!is_seen_wholly(pipeline.steps[i], world.opened.places.of({i})) ||
        (rules.at(i).selected && plan.find({i}) == nullptr))
      return std::nullopt;
  UnchangedRun unchanged{.run = run.key,
                         .withdrawn_results = plan.withdrawn_results,
                         .looks = {},
                         .passed_variables = plan.passed_variables,
                         .notices = world.opened.notices(),
                         .pipeline = run.pipeline,
                         .experiment = run.experiment,
                         .spec_file = run.spec_file,
                         .tags = pipeline.tags,
                         .parameters = run.parameters,
                         .properties = run.properties};
  for (const auto& folder : git_folders(pipeline)) unchanged.git_folders.push_back(folder.native());
  for (std::size_t i = 0; i < pipeline.steps.size(); ++i)
    if (const auto* step = plan.find({i}))
      unchanged.steps.emplace_back(pipeline.steps[i].name, step->reason);
  return unchanged;
}

}  // namespace mlpipe
