#pragma once

#include <optional>
#include <vector>

#include "history/history.h"

namespace mlpipe {

/// One step of a run with all that is known about it. What a reused step shows is that of the step
/// run whose result it took.
struct StepDetails {
  StepRunRecord record;
  std::optional<ResultRecord> result;
  StepRunKey
      producer;  ///< Whose attempts and metrics these are: the step run itself, or its result's.
  StepRunRecord made;  ///< That step run.
  /// The compute target where it may still run though it has ended here: its machine was lost, or
  /// its driver died. Else empty.
  std::string may_run_on;
  std::vector<Attempt> attempts;
  std::vector<Metric> metrics;  ///< In the order written.

  /// How long it took in all, from the preparation of its first attempt until its outputs were
  /// stored; up to now if it goes on; unset if there was no attempt. On another machine only while
  /// its processes were there: from the start of the first attempt to the end of the last one. As
  /// `mlpipe run` tells it.
  [[nodiscard]] std::optional<Duration> duration() const;
};

/// One run with its steps, in the order of the pipeline file.
struct RunDetails {
  RunRecord run;
  std::vector<StepDetails> steps;
};

/// Everything about one step run.
[[nodiscard]] StepDetails load_step(History& history, StepRunRecord step);

/// Everything about a run. `run` and `steps` as they are now: of a run whose driver died they say
/// NotResponding, which the database does not know.
[[nodiscard]] RunDetails load_details(History& history, RunRecord run,
                                      std::vector<StepRunRecord> steps);

/// One value a name: the last one that was written, in the order of the first ones.
[[nodiscard]] std::vector<Metric> last_values(const std::vector<Metric>& metrics);

}  // namespace mlpipe
