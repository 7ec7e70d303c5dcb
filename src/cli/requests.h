#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "core/notification.h"
#include "engine/opened_pipeline.h"
#include "engine/selection.h"

namespace mlpipe {

/// The overrides that the command line asks for. Throws Error(usage) for what is not name=value.
[[nodiscard]] PipelineOverrides overrides_of(const Arguments& arguments);

/// The pipeline of SPEC, or of --from-run. Throws Error(usage) if neither is there,
/// Error(not_found) if there is no such run, or its request was not recorded.
[[nodiscard]] OpenedPipeline::Request opening_of(const Arguments& arguments);
/// `mlpipe run SPEC` with all that decides what the pipeline is, for a person to go on from.
[[nodiscard]] std::string command_to_repeat(const Arguments& arguments);

/// What --on-success and --on-failure say.
[[nodiscard]] std::vector<Notification> notifications_of(const Arguments& arguments);
/// What they, or --no-notifications, put in the place of those there are; nothing: these stay.
/// Throws Error(usage) for both together.
[[nodiscard]] std::optional<std::vector<Notification>> changed_notifications(
    const Arguments& arguments);

/// What --from, --only and --until say; if they say nothing, the part that the repeated run was
/// about (`recorded` may be null).
[[nodiscard]] Selection selection_of(const Arguments& arguments, const RecordedPipeline* recorded);

}  // namespace mlpipe
