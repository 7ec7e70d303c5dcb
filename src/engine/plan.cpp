#include "engine/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/error.h"

namespace mlpipe {

namespace {

/// "what it needs runs first: prep, train"
std::string waiting_reason(const Pipeline& pipeline, std::span<const StepId> needs,
                           const std::vector<PlannedStep>& plan) {
  constexpr std::size_t most_named = 5;
  std::string text = "what it needs runs first: ";
  std::size_t named = 0;
  for (const auto need : needs) {
    if (plan[need.index].decision == PlannedStep::Decision::reuse) continue;
    if (named++ == most_named) return text + ", ...";
    text += (named == 1 ? "" : ", ") + pipeline[need].name;
  }
  return text;
}

/// What is remembered of a step, if what it needs has come to the same again.
const RememberedStep* remembered(const RememberedPlan* before, StepId id,
                                 std::span<const StepId> needs,
                                 const std::vector<PlannedStep>& plan) {
  const auto* step = before == nullptr ? nullptr : before->find(id);
  const bool same =
      step != nullptr && std::equal(needs.begin(), needs.end(), step->needs.begin(),
                                    step->needs.end(), [&plan](StepId need, ResultKey result) {
                                      return plan[need.index].resolution.hit->key == result;
                                    });
  return same ? step : nullptr;
}

PlannedStep planned_as(const RememberedStep& step) {
  PlannedStep planned{.decision = PlannedStep::Decision::reuse,
                      .resolution = {.manifest = {}, .fingerprint = step.fingerprint},
                      .reason = step.reason,
                      .is_remembered = true};
  planned.resolution.hit = std::make_shared<const ResultRecord>(
      ResultRecord{.key = step.result, .fingerprint = step.fingerprint, .outputs = step.outputs});
  return planned;
}

/// Long, and in the database: of a step that is not executed nothing else is wanted of them.
void drop_manifests(Resolution& resolution) {
  resolution.manifest = {};
  auto result = *resolution.hit;
  result.manifest = {};
  resolution.hit = std::make_shared<const ResultRecord>(std::move(result));
}

}  // namespace

std::vector<PlannedStep> plan_steps(const Pipeline& pipeline, const Graph& graph,
                                    const std::vector<StepRule>& rules, StepResolver& resolver,
                                    StepFactReader& facts, const PlanOptions& options) {
  using Decision = PlannedStep::Decision;
  std::vector<PlannedStep> plan(pipeline.steps.size());
  const auto outputs_of = [&plan](StepId step) -> const std::vector<OutputRecord>& {
    return plan.at(step.index).resolution.hit->outputs;
  };
  for (const StepId id : graph.order()) {
    const auto& rule = rules.at(id.index);
    if (!rule.selected) continue;
    const auto needs = graph.dependencies(id);
    const bool known = std::all_of(needs.begin(), needs.end(), [&plan](StepId need) {
      return plan[need.index].decision == Decision::reuse;
    });
    auto& planned = plan[id.index];
    if (!known) {
      planned.decision = Decision::depends;
      planned.reason = waiting_reason(pipeline, needs, plan);
      if (options.use == PlanUse::run)
        (void)facts.read(id, SourceUse::store);
      else if (const auto changes = resolver.known_changes(id); !changes.empty())
        planned.reason += "\n" + changes;
      continue;
    }
    const Step& step = pipeline[id];
    if (const auto* last = remembered(options.before, id, needs, plan);
        last != nullptr && rule.lookup == Lookup::allowed) {
      facts.take_source(id, last->source);
      planned = planned_as(*last);
      continue;
    }
    const LookRecorder::Scope own(owner_of_step(step));
    if (const auto* other = std::get_if<OtherAction>(&step.action)) {
      planned.decision = Decision::run;
      planned.reason =
          fmt::format("it is of type '{}', which mlpipe does not run yet", other->type);
      continue;
    }
    const auto upstream = upstream_outputs(step, outputs_of);
    planned.resolution = resolver.resolve(id, upstream, SourceUse::look, rule.lookup);
    if (!planned.resolution.hit && options.use == PlanUse::run)
      // What counts now is the copy in the store: resolved again, should a file just have moved.
      planned.resolution = resolver.resolve(id, upstream, SourceUse::store, rule.lookup);
    planned.decision = planned.resolution.hit ? Decision::reuse : Decision::run;
    planned.reason = resolver.reason(id, planned.resolution, rule.lookup, rule.why_anew);
    if (rule.must_be_reused && !planned.resolution.hit)
      fail(ErrorKind::usage,
           "--only runs no other step than the one it names, and step '{}', which that one needs, "
           "would have to run ({}): run it first, or use --until instead of --only",
           step.name, planned.reason);
    if (planned.resolution.hit && options.use == PlanUse::run) drop_manifests(planned.resolution);
  }
  return plan;
}

}  // namespace mlpipe
