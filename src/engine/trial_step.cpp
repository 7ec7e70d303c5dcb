#include "engine/trial_step.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "engine/outside_programs.h"
#include "engine/plan.h"
#include "engine/start_gate.h"
#include "engine/step_execution.h"
#include "engine/unfinished_runs.h"
#include "target/slots.h"

namespace mlpipe {

TrialStep::TrialStep(const OpenedPipeline& opened, const Selection& selection)
    : world_(opened), locks_(world_.state.step_locks()) {
  const auto rules = rules_for(opened.pipeline, opened.graph, selection);
  const StepId id = steps_named(opened.pipeline, selection.only).at(0);
  step_ = &opened.pipeline[id];
  close_dead_runs(world_.history, world_.live_runs);
  auto plan =
      plan_steps(opened.pipeline, opened.graph, rules, world_.resolver, world_.facts, PlanUse::run);
  reason_ = plan[id.index].reason;
  const auto outputs_of = [&plan](StepId step) -> const std::vector<OutputRecord>& {
    return plan[step.index].resolution.hit.value().outputs;
  };
  const auto upstream = upstream_outputs(*step_, outputs_of);
  // Once more, since the sources of a step that is reused are not in the store.
  resolution_ = world_.resolver.resolve(id, upstream, SourceUse::store, rules[id.index].lookup);
  other_run_ = world_.history.executing_run(resolution_.fingerprint);
  if (step_->is_isolated()) check_isolation(opened.caller, {step_->name});
  prepare(id);
  world_.stats.save();
  world_.interpreters.save();
}

void TrialStep::choose_directory(StepId id) {
  const auto& fingerprint = resolution_.fingerprint;
  for (int number = 1;; ++number) {
    const std::string name =
        fmt::format("{}-shell{}", fingerprint.hex(), number == 1 ? "" : fmt::format("-{}", number));
    if (!locks_.try_lock(work_lock_offset(work_in(name)))) continue;  // another shell is open there
    execution_.directory.root = world_.state.work() / name;
    choose_gpus(id);
    return;
  }
}

/// Those that a run would take if all were free: a person who looks around must not keep others
/// from them.
void TrialStep::choose_gpus(StepId id) {
  const auto& target = *world_.opened.places.of(id).target;
  if (!target.gpus) return;
  const auto visible = world_.opened.caller.find("CUDA_VISIBLE_DEVICES");
  auto devices = usable_gpus({target.gpus->begin(), target.gpus->end()},
                             visible == world_.opened.caller.end()
                                 ? std::nullopt
                                 : std::optional<std::string_view>(visible->second));
  const auto wanted = static_cast<std::size_t>(std::max(0, step_->resources.gpus.value_or(0)));
  devices.resize(std::min(devices.size(), wanted));
  execution_.visible_gpus = fmt::format("{}", fmt::join(devices, ","));
}

void TrialStep::prepare(StepId id) {
  execution_ = describe_execution({.pipeline = world_.opened.pipeline,
                                   .places = world_.opened.places,
                                   .caller = world_.opened.caller,
                                   .facts = world_.facts,
                                   .store = world_.store,
                                   .cache = world_.state.cache(),
                                   .traced_by = {}},
                                  id, resolution_);
  execution_.run_id = "shell";
  execution_.experiment = world_.opened.pipeline.experiment_name;
  choose_directory(id);
  execution_.stdout_file = execution_.directory.root / "stdout";
  execution_.stderr_file = execution_.directory.root / "stderr";
  const auto preparation = prepare_step(execution_, world_.store);
  if (const auto* ready = std::get_if<ReadyToStart>(&preparation)) {
    job_ = ready->job;
    return;
  }
  if (const auto* moved = std::get_if<InputMoved>(&preparation))
    fail(ErrorKind::system,
         "cannot prepare step '{}': '{}' changed while it was being read; try again when nothing "
         "writes to it",
         step_->name, printable(moved->path.native()));
  if (std::holds_alternative<SourceLost>(preparation))
    fail(ErrorKind::system,
         "cannot prepare step '{}': the copy of its sources in the store was damaged and has been "
         "set aside; try again, it is copied anew then",
         step_->name);
  fail(ErrorKind::system,
       "cannot prepare step '{}': an output that it reads is missing or damaged in the store; run "
       "the pipeline first: the step that makes the output runs again then",
       step_->name);
}

std::vector<TrialStep::Place> TrialStep::inputs() const {
  std::vector<Place> places;
  for (std::size_t i = 0; i < step_->inputs.size(); ++i)
    places.push_back({step_->inputs[i].name, told_path(execution_, i)});
  return places;
}

std::vector<TrialStep::Place> TrialStep::outputs() const {
  std::vector<Place> places;
  for (const auto& output : step_->outputs)
    places.push_back({output.name, execution_.directory.output(output)});
  return places;
}

void TrialStep::remove_directory() const { remove_tree(execution_.directory.root); }

}  // namespace mlpipe
