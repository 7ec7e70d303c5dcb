#include "cli/endpoint_json.h"

#include "cli/json_text.h"
#include "spec/scalars.h"

namespace mlpipe {

using nlohmann::json;

json endpoint_json(const EndpointRecord& endpoint) {
  return {{"name", endpoint.name},
          {"description", endpoint.description},
          {"created", json_time(endpoint.created)},
          {"default_version",
           endpoint.default_version == 0 ? json() : json(std::to_string(endpoint.default_version))},
          {"enabled", !endpoint.is_disabled()},
          {"archived", endpoint.is_archived()},
          {"notifications", recipients_json(endpoint.notifications)},
          {"max_concurrent_runs",
           endpoint.max_concurrent_runs ? json(*endpoint.max_concurrent_runs) : json()}};
}

json version_json(const EndpointVersion& version, const EndpointRecord& endpoint) {
  return {{"version", std::to_string(version.number)},
          {"is_default", version.number == endpoint.default_version},
          {"description", version.description},
          {"created", json_time(version.created)},
          {"pipeline", version.pipeline},
          {"from_run", version.from_run.empty() ? json() : json(version.from_run)},
          {"properties", version.properties}};
}

json recipients_json(const std::vector<Notification>& notifications) {
  json list = json::array();
  for (const auto& each : notifications)
    list.push_back({{"when", to_text(each.when)},
                    {"kind", to_text(each.kind)},
                    {"target", shown_target(each)}});
  return list;
}

json parameter_json(const Parameter& parameter) {
  json object = {{"name", parameter.name},
                 {"type", type_name(parameter.type)},
                 {"default", parameter.required ? json() : json(parameter.value)},
                 {"required", parameter.required},
                 {"description", parameter.description}};
  if (parameter.min) object["min"] = *parameter.min;
  if (parameter.max) object["max"] = *parameter.max;
  if (!parameter.choices.empty()) object["enum"] = parameter.choices;
  return object;
}

}  // namespace mlpipe
