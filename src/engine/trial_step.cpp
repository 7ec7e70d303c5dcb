#include "engine/trial_step.h"

#include <fmt/format.h>

#include "engine/distribution.h"
#include "engine/outside_programs.h"
#include "engine/start_gate.h"
#include "engine/unfinished_runs.h"
#include "target/slots.h"

namespace mlpipe {

TrialStep::TrialStep(const OpenedPipeline& opened, const Selection& selection)
    : world_(opened), locks_(world_.state.step_locks()) {
  close_dead_runs(world_.history, world_.live_runs);
  lone_ = resolve_lone_step(world_, selection, LoneUse::as_in_a_run);
  step_ = &opened.pipeline[lone_.id];
  if (step_->is_isolated()) check_isolation(opened.caller, {step_->name});
  other_run_ = world_.history.executing_run(lone_.resolution.fingerprint);
  prepare();
  world_.stats.save();
  world_.interpreters.save();
}

void TrialStep::choose_directory() {
  const auto& fingerprint = lone_.resolution.fingerprint;
  for (int number = 1;; ++number) {
    const std::string name =
        fmt::format("{}-shell{}", fingerprint.hex(), number == 1 ? "" : fmt::format("-{}", number));
    if (!locks_.try_lock(work_lock_offset(work_in(name)))) continue;  // another shell is open there
    execution_.directory.root = world_.state.work() / name;
    choose_gpus();
    return;
  }
}

/// Those that a run would take if all were free: a person who looks around must not keep others
/// from them.
void TrialStep::choose_gpus() {
  const auto& target = *world_.opened.places.of(lone_.id).target;
  if (!target.gpus) return;
  const auto visible = world_.opened.caller.find("CUDA_VISIBLE_DEVICES");
  auto devices = usable_gpus({target.gpus->begin(), target.gpus->end()},
                             visible == world_.opened.caller.end()
                                 ? std::nullopt
                                 : std::optional<std::string_view>(visible->second));
  const auto wanted =
      static_cast<std::size_t>(std::max(0, step_->settings->resources.gpus.value_or(0)));
  devices.resize(std::min(devices.size(), wanted));
  execution_.visible_gpus = fmt::format("{}", fmt::join(devices, ","));
}

void TrialStep::prepare() {
  execution_ = describe_lone_step(world_, lone_);
  name_rank_starter(execution_);
  execution_.run_id = "shell";
  execution_.experiment = world_.opened.pipeline.experiment_name;
  choose_directory();
  execution_.stdout_file = execution_.directory.root / "stdout";
  execution_.stderr_file = execution_.directory.root / "stderr";
  job_ = prepare_lone_step(execution_, world_.store);
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
