#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/look_recorder.h"
#include "engine/plan.h"
#include "engine/remembered_plan.h"
#include "engine/run_world.h"

namespace mlpipe {

/// What the history says of results.
struct ResultsState {
  std::int64_t withdrawn = 0;  ///< History::withdrawn_results()
  NewestResult newest;
};

/// What is to be remembered of the plan, which `recorder` listened to; nothing if that is nothing.
/// What other programs and machines answered and what lies at addresses no Look can say: a step
/// that goes by such is not remembered, nor is one that goes by what was not at rest (semantics.md
/// 2, stat cache). `run`: that of the plan. `before`: what the plan was made by; `results`: what
/// the history said before the plan was made.
[[nodiscard]] std::optional<RememberedPlan> remember_plan(const RunRecord& run, RunWorld& world,
                                                          const std::vector<PlannedStep>& plan,
                                                          const LookRecorder& recorder,
                                                          std::optional<RememberedPlan> before,
                                                          const ResultsState& results);

}  // namespace mlpipe
