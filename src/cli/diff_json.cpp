#include "cli/diff_json.h"

#include "base/json.h"
#include "base/text.h"
#include "cli/json_text.h"

namespace mlpipe {

namespace {

using nlohmann::json;

json nullable(const std::optional<std::string>& text) { return text ? json(*text) : json(); }

json changes_json(const std::vector<ValueChange>& changes, const char* name) {
  json list = json::array();
  for (const auto& change : changes)
    list.push_back({{name, change.path},
                    {"before", nullable(change.before)},
                    {"after", nullable(change.now)}});
  return list;
}

json metric_value(const std::optional<std::string>& value) {
  return value ? parse_json_or_null(*value) : json();
}

json metric_json(const RunDiff::Metric& metric) {
  json value = {{"step", metric.step},
                {"name", metric.name},
                {"before", metric_value(metric.before)},
                {"after", metric_value(metric.now)},
                {"delta", nullptr}};
  if (value["before"].is_number() && value["after"].is_number())
    value["delta"] = value["after"].get<double>() - value["before"].get<double>();
  return value;
}

json step_side(const std::optional<StepRunRecord>& step, const std::optional<Duration>& took) {
  if (!step) return {};
  json value = {{"status", to_text(step->status)},
                {"reused", step->reused},
                {"fingerprint", nullptr},
                {"duration_seconds", nullptr}};
  if (step->fingerprint) value["fingerprint"] = step->fingerprint->hex();
  if (took) value["duration_seconds"] = json_seconds(*took);
  return value;
}

json code_json(const RunDiff::Code& code) {
  json files = json::array();
  for (const auto& file : code.files)
    files.push_back({{"path", printable(file.path)},
                     {"change", file.what},
                     {"before", file.before.empty() ? json() : json(file.before.string())},
                     {"after", file.now.empty() ? json() : json(file.now.string())}});
  return {{"steps", code.steps}, {"readable", code.readable}, {"files", files}};
}

json data_json(const RunDiff::Data& data) {
  return {{"inputs", data.inputs},
          {"path", data.path},
          {"path_before", data.path_before.empty() ? data.path : data.path_before},
          {"hash_before", data.before.hex()},
          {"hash_after", data.now.hex()},
          {"files", data.files}};
}

}  // namespace

json diff_json(const RunDiff& diff) {
  json document = {{"differ", !diff.empty()},
                   {"parameters", changes_json(diff.parameters, "name")},
                   {"spec", changes_json(diff.spec, "path")},
                   {"code", json::array()},
                   {"data", json::array()},
                   {"environment", json::array()},
                   {"metrics", json::array()},
                   {"steps", json::array()},
                   {"equal_steps", diff.equal_steps}};
  for (const auto& code : diff.code) document["code"].push_back(code_json(code));
  for (const auto& data : diff.data) document["data"].push_back(data_json(data));
  for (const auto& environment : diff.environment)
    document["environment"].push_back({{"steps", environment.steps},
                                       {"what", environment.what},
                                       {"packages", changes_json(environment.packages, "name")}});
  for (const auto& metric : diff.metrics) document["metrics"].push_back(metric_json(metric));
  for (const auto& step : diff.steps)
    document["steps"].push_back({{"step", step.step},
                                 {"before", step_side(step.before, step.took_before)},
                                 {"after", step_side(step.now, step.took_now)},
                                 {"why", step.why}});
  return document;
}

}  // namespace mlpipe
