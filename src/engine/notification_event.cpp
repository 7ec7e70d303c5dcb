#include "engine/notification_event.h"

#include <fmt/format.h>

#include "base/json.h"

namespace mlpipe {

namespace {

using nlohmann::json;

bool has_failed(const StepRunRecord& step) {
  return step.status == Status::failed || step.status == Status::not_responding;
}

json failed_steps(const std::vector<StepRunRecord>& steps) {
  json failed = json::array();
  for (const auto& step : steps)
    if (has_failed(step)) failed.push_back({{"step", step.step}, {"message", step.message}});
  return failed;
}

json step_counts(const std::vector<StepRunRecord>& steps) {
  std::size_t ran = 0;
  std::size_t reused = 0;
  std::size_t failed = 0;
  for (const auto& step : steps) {
    if (step.reused) ++reused;
    if (!step.reused && step.status == Status::completed) ++ran;
    if (has_failed(step)) ++failed;
  }
  return {{"ran", ran}, {"reused", reused}, {"failed", failed}};
}

/// Why the run did not complete: its own reason, else the first failed step's.
std::string message_of(const RunRecord& run, const std::vector<StepRunRecord>& steps) {
  if (!run.message.empty() || run.status == Status::completed) return run.message;
  for (const auto& step : steps)
    if (has_failed(step))
      return fmt::format("the step '{}' failed{}{}", step.step, step.message.empty() ? "" : ": ",
                         short_message(step.message));
  return {};
}

/// What published the run: where it was submitted to, or which schedule it is of.
json origin_of(const RunRecord& run) {
  json properties = json::object();
  for (const auto& [name, value] : run.properties)
    if (name.starts_with("mlpipe.endpoint") || name.starts_with("mlpipe.schedule"))
      properties[name] = value;
  return properties;
}

}  // namespace

std::string notification_event(const NotificationRecord& notification, const RunRecord& run,
                               const std::vector<StepRunRecord>& steps,
                               const std::filesystem::path& workspace) {
  const auto message = message_of(run, steps);
  const std::chrono::duration<double> took = run.finished - run.started;
  const json event = {
      {"version", 1},
      {"event", "run_finished"},
      {"id", fmt::format("{}.{}", run.id, notification.position)},
      {"text", fmt::format("{} of {}: run {}{}{}", to_text(run.status), run.pipeline, run.id,
                           message.empty() ? "" : ", ", message)},
      {"run", run.id},
      {"pipeline", run.pipeline},
      {"experiment", run.experiment},
      {"status", to_text(run.status)},
      {"message", message},
      {"started", iso_utc(run.started)},
      {"finished", iso_utc(run.finished)},
      {"duration_seconds", took.count()},
      {"failed_steps", failed_steps(steps)},
      {"steps", step_counts(steps)},
      {"parameters", run.parameters},
      {"tags", run.tags},
      {"spec", run.spec_file},
      {"workspace", workspace.string()},
      {"properties", origin_of(run)}};
  return event.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace mlpipe
