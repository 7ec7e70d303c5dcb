#pragma once

#include "view/html.h"
#include "view/report_data.h"

namespace mlpipe {

/// How often each thing happened to a run's steps.
struct StepCounts {
  std::size_t started = 0;  ///< Ran in this run to their end, good or bad.
  std::size_t reused = 0;
  std::size_t failed = 0;
  std::size_t unfinished = 0;  ///< Canceled, skipped, not started, not responding.
  std::size_t going_on = 0;
  Duration saved{};  ///< What the reused steps took when they ran.
};
[[nodiscard]] StepCounts count_steps(const RunDetails& details);

/// "Completed", or "Reused", as a coloured word.
[[nodiscard]] Markup status_badge(Status status, bool reused = false);

/// A link to a step's own block.
[[nodiscard]] Markup step_link(const ReportData& data, std::size_t index);

/// One row for each step.
[[nodiscard]] Markup steps_table(const ReportData& data);

/// One block for each step with all that is known of it; those that failed are open.
[[nodiscard]] Markup step_blocks(const ReportData& data);

}  // namespace mlpipe
