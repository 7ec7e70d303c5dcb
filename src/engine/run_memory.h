#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/look_recorder.h"
#include "engine/compiled_pipeline.h"
#include "engine/unchanged_run_file.h"

namespace mlpipe {

/// What a run that is planned leaves for the next ones: the pipeline in a form that is quickly read
/// (engine/compiled_pipeline.h), and, if nothing was to be executed, what its plan was made from
/// (engine/unchanged_run.h). Told of the run's course, in this order. Without a key it does
/// nothing.
class RunMemory {
 public:
  explicit RunMemory(const std::optional<Hash>& key) : key_(key) {
    if (key) recorder_.emplace();
  }

  void pipeline_is_read(const OpenedPipeline& opened) {
    if (recorder_ && !opened.was_compiled && !opened.assets.was_asked())
      compiled_ = compile(opened.pipeline, *recorder_);
  }

  void world_is_there(RunWorld& world) {
    if (!recorder_) return;
    const LookRecorder::Pause aside;
    if (const auto compiled = std::exchange(compiled_, std::nullopt))
      keep_compiled_pipeline(world.state, *key_, *compiled, world.stats, recorder_->age());
    withdrawn_results_ = world.history.withdrawn_results();
  }

  /// `is_as_expected`: nothing is to be executed, and nobody is to be told of anything.
  void plan_is_made(const RunRecord& run, RunWorld& world, const std::vector<PlannedStep>& plan,
                    bool is_as_expected) {
    if (recorder_ && is_as_expected)
      unchanged_ = to_unchanged_run(run, world, plan, *recorder_, withdrawn_results_);
    recorder_.reset();
  }

  void all_was_reused(const RunRecord& run, const StateDirectory& state) {
    if (!unchanged_) return;
    unchanged_->run = run.key;
    unchanged_->run_id = run.id;
    write_unchanged_run(state, *key_, *unchanged_);
  }

 private:
  std::optional<Hash> key_;
  std::optional<LookRecorder> recorder_;
  std::optional<CompiledPipeline> compiled_;
  std::int64_t withdrawn_results_ = 0;
  std::optional<UnchangedRun> unchanged_;
};

}  // namespace mlpipe
