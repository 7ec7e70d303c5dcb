#include "engine/run_memory.h"

#include <algorithm>
#include <utility>

namespace mlpipe {

namespace {

/// Whether the next plan would find more in this one than in what it was made by.
bool has_news(const std::vector<PlannedStep>& plan) {
  return std::any_of(plan.begin(), plan.end(), [](const PlannedStep& step) {
    return step.decision == PlannedStep::Decision::reuse && !step.is_remembered;
  });
}

}  // namespace

RunMemory::RunMemory(const std::optional<Hash>& key) : key_(key) {
  if (key) recorder_.emplace();
}

void RunMemory::pipeline_is_read(const OpenedPipeline& opened) {
  if (recorder_ && !opened.was_compiled && !opened.assets.was_asked())
    compiled_ = compile(opened.pipeline, *recorder_);
}

void RunMemory::world_is_there(RunWorld& world) {
  if (!recorder_) return;
  const LookRecorder::Pause aside;
  if (auto compiled = std::exchange(compiled_, std::nullopt))
    keep_compiled_pipeline(world.state, *key_, std::move(*compiled), world.stats, recorder_->age());
  results_ = {.withdrawn = world.history.withdrawn_results(),
              .newest = world.history.newest_result()};
  last_ = read_remembered_plan(world.state, *key_);
  if (last_ && (last_->withdrawn_results != results_.withdrawn ||
                !world.history.goes_on_from(last_->newest) ||
                !keep_what_holds(*last_, world.opened.pipeline, world.opened.caller, world.pool)))
    last_.reset();
}

void RunMemory::plan_is_made(const RunRecord& run, RunWorld& world,
                             const std::vector<StepRule>& rules,
                             const std::vector<PlannedStep>& plan, bool is_as_expected) {
  if (recorder_ && (is_as_expected || has_news(plan))) {
    auto remembered =
        remember_plan(run, world, plan, *recorder_, std::exchange(last_, std::nullopt), results_);
    if (remembered && is_as_expected) unchanged_ = to_unchanged_run(run, world, rules, *remembered);
    if (remembered && has_news(plan))
      writing_ = std::async(std::launch::async,
                            [state = world.state, key = *key_, plan = std::move(*remembered)] {
                              write_remembered_plan(state, key, plan);
                            });
  }
  last_.reset();
  recorder_.reset();
}

void RunMemory::all_was_reused(const RunRecord& run, const StateDirectory& state) {
  if (!unchanged_) return;
  unchanged_->run = run.key;
  unchanged_->run_id = run.id;
  write_unchanged_run(state, *key_, *unchanged_);
}

}  // namespace mlpipe
