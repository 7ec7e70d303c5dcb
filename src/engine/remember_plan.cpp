#include "engine/remember_plan.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "engine/looks_at_rest.h"

namespace mlpipe {

namespace {

using Owners = std::unordered_set<LookOwner>;

Owners owners_of(const std::vector<std::optional<RememberedStep>>& steps) {
  Owners owners{for_everybody};
  for (const auto& step : steps)
    if (step) owners.insert(step->owners.begin(), step->owners.end());
  return owners;
}

/// Leave only looks for these owners.
SeenLooks only_for(SeenLooks seen, const Owners& owners) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < seen.looks.size(); ++i) {
    std::erase_if(seen.owners[i], [&](LookOwner owner) { return !owners.contains(owner); });
    if (seen.owners[i].empty()) continue;
    if (kept != i) {
      seen.looks[kept] = std::move(seen.looks[i]);
      seen.owners[kept] = std::move(seen.owners[i]);
    }
    ++kept;
  }
  seen.looks.resize(kept);
  seen.owners.resize(kept);
  return seen;
}

bool has_address(const Step& step) {
  return std::any_of(step.inputs.begin(), step.inputs.end(), [](const DataInput& input) {
    const auto* source = path_source(input.source);
    return source != nullptr && !source->url.empty();
  });
}

/// Of a step that was resolved in this run.
std::optional<RememberedStep> remember_step(StepId id, RunWorld& world,
                                            const std::vector<PlannedStep>& plan) {
  const Step& step = world.opened.pipeline[id];
  auto owners = world.facts.look_owners(id);
  if (!owners || world.opened.places.of(id).target->ssh || has_address(step)) return std::nullopt;
  owners->push_back(owner_of_step(step));
  const auto& resolution = plan[id.index].resolution;
  RememberedStep remembered{.owners = std::move(*owners),
                            .needs = {},
                            .source = world.facts.known_source(id),
                            .fingerprint = resolution.fingerprint,
                            .result = resolution.hit->key,
                            .outputs = resolution.hit->outputs,
                            .reason = plan[id.index].reason};
  for (const StepId need : world.opened.graph.dependencies(id))
    remembered.needs.push_back(plan[need.index].resolution.hit->key);
  return remembered;
}

/// Those of whom a look may change without its times telling, or who go by more than looks.
Owners unsettled_owners(const SeenLooks& seen, RunWorld& world, const LookRecorder& recorder) {
  Owners owners(seen.blind.begin(), seen.blind.end());
  const auto rests =
      which_are_at_rest(seen.looks, world.state.objects(), world.stats, recorder.age());
  for (std::size_t i = 0; i < seen.looks.size(); ++i)
    if (rests[i] == 0) owners.insert(seen.owners[i].begin(), seen.owners[i].end());
  return owners;
}

}  // namespace

std::optional<RememberedPlan> remember_plan(const RunRecord& run, RunWorld& world,
                                            const std::vector<PlannedStep>& plan,
                                            const LookRecorder& recorder,
                                            std::optional<RememberedPlan> before,
                                            const ResultsState& results) {
  if (world.opened.recorded || world.opened.assets.was_asked() ||
      !world.resolver.renewed_objects().empty())
    return std::nullopt;
  auto seen = recorder.seen();
  if (!seen) return std::nullopt;
  RememberedPlan remembered{
      .withdrawn_results = results.withdrawn,
      .newest = results.newest,
      .resolved_spec = run.known_spec ? *run.known_spec : hash_bytes(run.resolved_spec),
      .seen = {},
      .passed_variables = hashes_of_passed_variables(world.opened.pipeline, world.opened.caller),
      .steps = std::vector<std::optional<RememberedStep>>(plan.size())};
  for (std::size_t i = 0; i < plan.size(); ++i)
    if (plan[i].is_remembered) remembered.steps[i] = std::move(before->steps[i]);
  if (before) {
    auto still_seen = only_for(std::move(before->seen), owners_of(remembered.steps));
    seen = seen_by_both(std::move(still_seen), std::move(*seen));
    if (!seen) return std::nullopt;
  }
  for (std::size_t i = 0; i < plan.size(); ++i)
    if (plan[i].decision == PlannedStep::Decision::reuse && !plan[i].is_remembered &&
        plan[i].resolution.hit->key <= results.newest.key)  // else another run just made it
      remembered.steps[i] = remember_step({i}, world, plan);

  const auto unsettled = unsettled_owners(*seen, world, recorder);
  if (unsettled.contains(for_everybody)) return std::nullopt;
  for (auto& step : remembered.steps)
    if (step && std::any_of(step->owners.begin(), step->owners.end(),
                            [&](LookOwner owner) { return unsettled.contains(owner); }))
      step.reset();
  remembered.seen = only_for(std::move(*seen), owners_of(remembered.steps));
  remembered.seen.blind.clear();  // they were other steps'
  if (std::none_of(remembered.steps.begin(), remembered.steps.end(),
                   [](const auto& step) { return step.has_value(); }))
    return std::nullopt;
  return remembered;
}

}  // namespace mlpipe
