#include "cli/run_json.h"

#include "base/json.h"
#include "cli/json_text.h"

namespace mlpipe {

using nlohmann::json;

namespace {

json attempt_json(const Attempt& attempt, const StateDirectory& state) {
  json value = {{"number", attempt.number},
                {"status", to_text(attempt.status)},
                {"exit_code", nullptr},
                {"signal", nullptr},
                {"message", attempt.message},
                {"compute_target", attempt.compute_target},
                {"pid", attempt.pid},
                {"started", json_time(attempt.started)},
                {"finished", json_time(attempt.finished)},
                {"user_seconds", json_seconds(attempt.user_time)},
                {"system_seconds", json_seconds(attempt.system_time)},
                {"peak_memory_bytes", attempt.peak_memory_bytes},
                {"lingering_processes", attempt.lingering},
                {"stdout_file", (state.root / attempt.stdout_file).string()},
                {"stderr_file", (state.root / attempt.stderr_file).string()}};
  if (attempt.exit_code) value["exit_code"] = *attempt.exit_code;
  if (attempt.signal) value["signal"] = *attempt.signal;
  return value;
}

json output_json(const OutputRecord& output) {
  return {{"name", output.name},
          {"object", output.object.hex()},
          {"content_hash", output.content_hash.hex()},
          {"type", output.is_file ? "uri_file" : "uri_folder"},
          {"file_name", output.file_name},
          {"bytes", output.bytes},
          {"files", output.files}};
}

json metric_json(const Metric& metric) {
  json value = {{"name", metric.name},
                {"value", parse_json_or_null(metric.value)},
                {"time", json_time(metric.time)},
                {"step", nullptr}};
  if (metric.step) value["step"] = *metric.step;
  return value;
}

}  // namespace

json run_json(const RunRecord& run) {
  json duration;
  if (run.finished != TimePoint{})
    duration = json_seconds(run.finished - run.started);
  else if (!is_final(run.status))
    duration = json_seconds(now() - run.started);
  return {{"run_id", run.id},
          {"pipeline", run.pipeline},
          {"experiment", run.experiment},
          {"status", to_text(run.status)},
          {"started", json_time(run.started)},
          {"finished", json_time(run.finished)},
          {"duration_seconds", duration},
          {"spec_file", run.spec_file},
          {"command_line", run.command_line},
          {"host", run.host},
          {"user", run.user},
          {"mlpipe_version", run.version},
          {"message", run.message},
          {"pinned", run.pinned},
          {"deleted", json_time(run.deleted)},
          {"parameters", run.parameters},
          {"tags", run.tags},
          {"properties", run.properties}};
}

json step_json(const StepDetails& details, const StateDirectory& state) {
  const StepRunRecord& step = details.record;
  json value = {{"step", step.step},
                {"status", to_text(step.status)},
                {"reused", step.reused},
                {"reason", step.reason},
                {"message", step.message},
                {"may_still_run_on", nullptr},
                {"started", json_time(step.started)},
                {"finished", json_time(step.finished)},
                {"fingerprint", nullptr},
                {"from_run", nullptr},
                {"varying", false},
                {"collected", nullptr},
                {"duration_seconds", nullptr},
                {"outputs", json::array()},
                {"metrics", json::array()},
                {"attempts", json::array()}};
  if (!details.may_run_on.empty()) value["may_still_run_on"] = details.may_run_on;
  if (step.fingerprint) value["fingerprint"] = step.fingerprint->hex();
  if (const auto& result = details.result) {
    value["from_run"] = result->run_id;
    value["varying"] = result->varying;
    value["collected"] = json_time(result->collected);
    value["duration_seconds"] = json_seconds(result->duration);
    for (const auto& output : result->outputs) value["outputs"].push_back(output_json(output));
  }
  for (const auto& metric : details.metrics) value["metrics"].push_back(metric_json(metric));
  for (const auto& attempt : details.attempts)
    value["attempts"].push_back(attempt_json(attempt, state));
  return value;
}

}  // namespace mlpipe
