#include "engine/reused_run.h"

#include <algorithm>

#include "base/clock.h"

namespace mlpipe {

using Decision = PlannedStep::Decision;

bool is_all_reused(const std::vector<PlannedStep>& plan) {
  return std::all_of(plan.begin(), plan.end(), [](const PlannedStep& step) {
    return step.decision == Decision::reuse || step.decision == Decision::unselected;
  });
}

bool record_reused_run(RunRecord& run, const Pipeline& pipeline,
                       const std::vector<PlannedStep>& plan, History& history, LiveRuns& live_runs,
                       Reporter& reporter) {
  history.begin_batch();
  for (const auto& planned : plan)
    if (planned.decision == Decision::reuse && !history.is_offered(planned.resolution.hit->key)) {
      history.abandon_batch();
      return false;
    }
  history.begin_run(run);
  live_runs.hold(run.key);
  std::vector<StepRunRecord> records;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    if (plan[i].decision != Decision::reuse) continue;
    StepRunRecord record{.run = run.key,
                         .step = pipeline.steps[i].name,
                         .status = Status::completed,
                         .reused = true,
                         .reason = plan[i].reason,
                         .fingerprint = plan[i].resolution.fingerprint,
                         .result = plan[i].resolution.hit->key,
                         .started = now(),
                         .finished = now()};
    history.add_step(record);
    records.push_back(std::move(record));
  }
  history.commit_batch();
  std::vector<std::string> names;
  for (const auto& record : records) names.push_back(record.step);
  reporter.run_started(run, names, {});
  for (const auto& record : records) reporter.step_changed(record, {});
  return true;
}

}  // namespace mlpipe
