#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/opened_pipeline.h"
#include "registry/endpoints.h"

namespace mlpipe {

/// What `mlpipe publish` asks for.
struct PublishRequest {
  OpenedPipeline::Request pipeline;  ///< Of a file, or of a run's record.
  std::string endpoint;
  std::string description;
  bool set_default = false;
  bool freeze_inputs = false;  ///< Copy the data inputs into the store, too.
  bool continue_on_step_failure = false;
  Selection selection;
  std::string from_run;  ///< The run's id, if it is of a run.
};

/// Freeze the pipeline, with the components, sources, `hash_paths` and the identities of the
/// interpreters that it has now, as the next version of the endpoint. Data inputs stay references,
/// unless they are frozen, too. What it needs is in the store, on disk, before it is recorded.
/// Throws what reading and checking the pipeline throws, and as Endpoints::publish().
[[nodiscard]] PublishedVersion publish_pipeline(const PublishRequest& request);

/// A version of an endpoint as it is run.
[[nodiscard]] RecordedPipeline recorded_pipeline(History& history, const ObjectStore& store,
                                                 const EndpointRecord& endpoint,
                                                 const EndpointVersion& version);

/// The properties of a run that say where it comes from.
inline constexpr const char* endpoint_property = "mlpipe.endpoint";
inline constexpr const char* endpoint_version_property = "mlpipe.endpoint_version";

/// What identifies the interpreters that the steps use, by "ENVIRONMENT/language".
[[nodiscard]] std::map<std::string, std::string> interpreters_of(const Pipeline& pipeline,
                                                                 StepFactReader& facts);

/// How interpreters and `hash_paths` differ from those at the time of publishing; a line each, for
/// people. They count as they are now.
[[nodiscard]] std::vector<std::string> changed_since_recorded(const RecordedPipeline& recorded,
                                                              const Pipeline& pipeline,
                                                              StepFactReader& facts);

}  // namespace mlpipe
