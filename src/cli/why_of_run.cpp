#include <fmt/format.h>

#include "base/text.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "cli/run_why.h"

namespace mlpipe {

int why_of_run(const Arguments& arguments) {
  OpenedHistory opened(arguments);
  const RunRecord run = opened.find_run(arguments.spec);
  if (run.status == Status::queued && !arguments.json)
    fmt::print("run {} is queued: it has not begun (`mlpipe show {}` says what is before it)\n",
               run.id, run.id);
  std::vector<StepRunRecord> steps;
  if (arguments.step.empty())
    steps = opened.steps_of(run);
  else
    steps.push_back(opened.find_step(run, arguments.step));
  nlohmann::json list = nlohmann::json::array();
  for (const auto& step : steps) {
    list.push_back({{"step", step.step},
                    {"status", to_text(step.status)},
                    {"reused", step.reused},
                    {"reason", step.reason},
                    {"message", step.message}});
    if (arguments.json) continue;
    const bool executed = step.started != TimePoint{} && !step.reused;
    fmt::print("{} {} in run {}:\n", step.step,
               step.reused ? "was reused" : (executed ? "ran" : "did not run"), run.id);
    const std::string& reason = executed || step.reused ? step.reason : step.message;
    for (const auto line : split(reason, '\n')) fmt::print("  {}\n", line);
  }
  if (arguments.json) fmt::print("{}\n", json_document({{"run_id", run.id}, {"steps", list}}));
  return 0;
}

}  // namespace mlpipe
