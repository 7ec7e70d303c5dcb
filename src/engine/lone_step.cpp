#include "engine/lone_step.h"

#include "base/error.h"
#include "base/text.h"
#include "engine/plan.h"
#include "engine/step_execution.h"

namespace mlpipe {

LoneStep resolve_lone_step(RunWorld& world, const Selection& selection, LoneUse use) {
  const auto& opened = world.opened;
  auto rules = rules_for(opened.pipeline, opened.graph, selection);
  LoneStep lone{.id = steps_named(opened.pipeline, selection.only).at(0)};
  const auto& target = *opened.places.of(lone.id).target;
  const auto& name = opened.pipeline[lone.id].name;
  if (target.type != "local" && use == LoneUse::comparison)
    fail(
        ErrorKind::usage,
        "step '{0}' runs on the compute target '{1}', and verify runs steps again on this machine "
        "only, which would say nothing of that one: `mlpipe run {2} --only {3} --from {3}` runs it "
        "again over there, and marks it as varying if its outputs are others",
        name, target.name, shell_quoted(opened.pipeline.file.native()), shell_quoted(name));
  if (target.type != "local")
    fail(ErrorKind::usage,
         "step '{0}' runs on the compute target '{1}', and this is only done on this machine: add "
         "--local to do it here",
         name, target.name);
  if (opened.recorded) require_sources(opened.pipeline, rules, world.store);
  auto& lookup = rules[lone.id.index].lookup;
  if (use == LoneUse::comparison && lookup == Lookup::regenerate) lookup = Lookup::allowed;
  auto plan = plan_steps(opened.pipeline, opened.graph, rules, world.resolver, world.facts,
                         {.use = PlanUse::run});
  lone.reason = plan[lone.id.index].reason;
  const auto outputs_of = [&plan](StepId step) -> const std::vector<OutputRecord>& {
    return plan[step.index].resolution.hit->outputs;
  };
  const auto upstream = upstream_outputs(opened.pipeline[lone.id], outputs_of);
  // Once more, since the sources of a step that is reused are not in the store.
  lone.resolution = world.resolver.resolve(lone.id, upstream, SourceUse::store, lookup);
  lone.notices = world.machines.take_untold();
  return lone;
}

StepExecution describe_lone_step(RunWorld& world, const LoneStep& step) {
  return describe_execution({.pipeline = world.opened.pipeline,
                             .places = world.opened.places,
                             .caller = world.opened.caller,
                             .facts = world.facts,
                             .store = world.store,
                             .cache = world.state.cache(),
                             .traced_by = {},
                             .machines = &world.machines},
                            step.id, step.resolution);
}

Job prepare_lone_step(const StepExecution& execution, ObjectStore& store) {
  const auto preparation = prepare_step(execution, store);
  const auto& name = execution.step->name;
  if (const auto* ready = std::get_if<ReadyToStart>(&preparation)) return ready->job;
  if (const auto* moved = std::get_if<InputMoved>(&preparation))
    fail(ErrorKind::system,
         "cannot prepare step '{}': '{}' changed while it was being read; try again when nothing "
         "writes to it",
         name, printable(moved->path.native()));
  if (std::holds_alternative<SourceLost>(preparation))
    fail(ErrorKind::system,
         "cannot prepare step '{}': the copy of its sources in the store was damaged and has been "
         "set aside; try again, it is copied anew then",
         name);
  fail(ErrorKind::system,
       "cannot prepare step '{}': an output that it reads is missing or damaged in the store; run "
       "the pipeline first: the step that makes the output runs again then",
       name);
}

}  // namespace mlpipe
