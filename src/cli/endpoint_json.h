#pragma once

#include <nlohmann/json.hpp>

#include "core/pipeline.h"
#include "registry/endpoint_record.h"

namespace mlpipe {

/// An endpoint as `endpoint list --json` has it (schemas/endpoints.schema.json).
[[nodiscard]] nlohmann::json endpoint_json(const EndpointRecord& endpoint);
/// One of its versions.
[[nodiscard]] nlohmann::json version_json(const EndpointVersion& version,
                                          const EndpointRecord& endpoint);
/// Who is told of ends of runs.
[[nodiscard]] nlohmann::json recipients_json(const std::vector<Notification>& notifications);
/// What a submit may set.
[[nodiscard]] nlohmann::json parameter_json(const Parameter& parameter);

}  // namespace mlpipe
