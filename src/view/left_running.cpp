#include "view/left_running.h"

#include <fmt/format.h>

#include "base/text.h"

namespace mlpipe {

std::string left_running_advice(std::string_view run_id, Status run) {
  if (run == Status::canceled)
    return fmt::format(
        "the order to end it did not get through: the next run that works on that machine gives "
        "it, or takes the step up if it needs the same work; `mlpipe cancel {}` gives it as soon "
        "as the machine can be reached",
        run_id);
  return fmt::format(
      "the next run that needs the same work takes it up where it is; `mlpipe cancel {}` ends it",
      run_id);
}

std::string left_running_text(const StepDetails& step, const RunRecord& run) {
  if (step.may_run_on.empty()) return {};
  return fmt::format("may still run on compute target '{}': {}", printable(step.may_run_on),
                     left_running_advice(run.id, run.status));
}

}  // namespace mlpipe
