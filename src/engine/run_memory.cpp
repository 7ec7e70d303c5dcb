#include "engine/run_memory.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace mlpipe {

namespace {

/// Whether the next plan would find more in this one than in what it was made by.
bool has_news(const std::vector<PlannedStep>& plan) {
  return std::any_of(plan.begin(), plan.end(), [](const PlannedStep& step) {
    return step.decision == PlannedStep::Decision::reuse && !step.is_remembered;
  });
}

/// It is only a cache: what it cannot give, such as memory, ends no run.
template <class T>
std::optional<T> what_was_read(std::future<std::optional<T>>& future) {
  try {
    return future.get();
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace

RunMemory::RunMemory(const std::optional<Hash>& key, const std::optional<StateDirectory>& state,
                     std::optional<SeenAgain> seen)
    : key_(key), seen_(std::move(seen)) {
  if (!key) return;
  recorder_.emplace();
  if (seen_)
    reading_ = std::async(std::launch::async, [state = state.value(), key = *key] {
      return read_remembered_plan(state, key);
    });
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
  if (!seen_) return;
  last_ = what_was_read(reading_);
  if (last_ &&
      (last_->withdrawn_results != results_.withdrawn ||
       !world.history.goes_on_from(last_->newest) || !take_looks(*last_, std::move(seen_->last)) ||
       !still_holds_for_everybody(*last_, world.pool) ||
       !keep_what_holds(*last_, seen_->holds, world.opened.pipeline, world.opened.caller)))
    last_.reset();
  seen_.reset();
}

void RunMemory::plan_is_made(const RunRecord& run, RunWorld& world,
                             const std::vector<StepRule>& rules,
                             const std::vector<PlannedStep>& plan, bool is_as_expected) {
  if (recorder_ && (is_as_expected || has_news(plan))) {
    auto remembered =
        remember_plan(run, world, plan, *recorder_, std::exchange(last_, std::nullopt), results_);
    if (remembered && is_as_expected) unchanged_ = to_unchanged_run(run, world, rules, *remembered);
    if (remembered && (has_news(plan) || unchanged_))  // which go by the same looks
      writing_ = std::async(std::launch::async,
                            [state = world.state, key = *key_,
                             plan = std::move(*remembered)]() mutable -> std::optional<Hash> {
                              plan.looks = write_remembered_looks(state, key, plan.seen.looks);
                              write_remembered_plan(state, key, plan);
                              return plan.looks;
                            });
  }
  last_.reset();
  recorder_.reset();
}

void RunMemory::all_was_reused(const RunRecord& run, const StateDirectory& state) {
  if (!unchanged_) return;
  unchanged_->run = run.key;
  unchanged_->run_id = run.id;
  const auto looks = what_was_read(writing_);
  if (!looks) return;
  unchanged_->looks = *looks;
  write_unchanged_run(state, *key_, *unchanged_);
}

}  // namespace mlpipe
