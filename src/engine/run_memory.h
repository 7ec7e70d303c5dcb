#pragma once

#include <cstdint>
#include <future>
#include <optional>
#include <vector>

#include "base/hash.h"
#include "base/look_recorder.h"
#include "engine/compiled_pipeline.h"
#include "engine/remember_plan.h"
#include "engine/unchanged_run_file.h"

namespace mlpipe {

/// What a run that is planned leaves for the next ones: the pipeline in a form that is quickly read
/// (engine/compiled_pipeline.h), what its plan was made from (engine/remembered_plan.h), and, if
/// nothing was to be executed, that nothing was (engine/unchanged_run.h). And what an earlier one
/// left for its plan. Told of the run's course, in this order. Without a key it does nothing.
class RunMemory {
 public:
  /// `seen`: of the last plan; `state`: where that is remembered.
  RunMemory(const std::optional<Hash>& key, const std::optional<StateDirectory>& state,
            std::optional<SeenAgain> seen);

  void pipeline_is_read(const OpenedPipeline& opened);
  void world_is_there(RunWorld& world);
  /// What of the last plan still holds; or null.
  [[nodiscard]] const RememberedPlan* last_plan() const { return last_ ? &*last_ : nullptr; }
  /// `is_as_expected`: nothing is to be executed, and nobody is to be told of anything.
  void plan_is_made(const RunRecord& run, RunWorld& world, const std::vector<StepRule>& rules,
                    const std::vector<PlannedStep>& plan, bool is_as_expected);
  void all_was_reused(const RunRecord& run, const StateDirectory& state);

 private:
  std::optional<Hash> key_;
  std::optional<LookRecorder> recorder_;
  std::optional<SeenAgain> seen_;
  std::future<std::optional<RememberedPlan>> reading_;  ///< The last plan, beside the pipeline.
  std::optional<CompiledPipeline> compiled_;
  ResultsState results_;
  std::optional<RememberedPlan> last_;
  std::optional<UnchangedRun> unchanged_;
  std::future<std::optional<Hash>> writing_;  ///< Beside the run's steps: the looks' id.
};

}  // namespace mlpipe
