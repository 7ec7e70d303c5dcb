#include "view/run_details.h"

#include <algorithm>

namespace mlpipe {

std::optional<Duration> StepDetails::duration() const {
  if (attempts.empty()) return std::nullopt;
  const Attempt& last = attempts.back();
  const TimePoint began = made.started == TimePoint{} ? last.started : made.started;
  if (began == TimePoint{}) return std::nullopt;  // it waited for another machine, or does so still
  if (made.finished != TimePoint{}) return made.finished - began;
  // Of a step elsewhere, what is fetched afterwards is not its own time.
  const bool is_over =
      is_final(made.status) || (made.status == Status::finalizing && !place_of(last).empty());
  const bool ended = is_over && last.finished != TimePoint{};
  return (ended ? last.finished : now()) - began;
}

StepDetails load_step(History& history, StepRunRecord step) {
  StepDetails details{.record = std::move(step)};
  details.producer = details.record.key;
  if (details.record.result) details.result = history.find_result(*details.record.result);
  details.made = details.record;
  if (details.record.reused && details.result) {
    details.producer = details.result->producer;
    if (auto made = history.step_run(details.producer)) details.made = std::move(*made);
  }
  details.attempts = history.attempts_of(details.producer);
  const bool ended_badly = details.record.status == Status::failed ||
                           details.record.status == Status::canceled ||
                           details.record.status == Status::not_responding;
  if (ended_badly && !details.attempts.empty() && history.has_job_elsewhere(details.record.key))
    details.may_run_on = details.attempts.back().compute_target;
  details.metrics = history.metrics_of(details.producer);
  return details;
}

RunDetails load_details(History& history, RunRecord run, std::vector<StepRunRecord> steps) {
  RunDetails details{.run = std::move(run)};
  details.steps.reserve(steps.size());
  for (auto& step : steps) details.steps.push_back(load_step(history, std::move(step)));
  return details;
}

std::vector<Metric> last_values(const std::vector<Metric>& metrics) {
  std::vector<Metric> last;
  for (const auto& metric : metrics) {
    const auto found = std::find_if(last.begin(), last.end(), [&metric](const Metric& each) {
      return each.name == metric.name;
    });
    if (found == last.end())
      last.push_back(metric);
    else
      *found = metric;
  }
  return last;
}

}  // namespace mlpipe
