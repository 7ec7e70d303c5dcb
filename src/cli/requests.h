#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cli/arguments.h"
#include "engine/opened_pipeline.h"
#include "engine/selection.h"

namespace mlpipe {

/// -C, else MLPIPE_WORKSPACE, else nothing. Throws Error(not_found) if it is no folder.
[[nodiscard]] std::optional<std::filesystem::path> explicit_workspace(const Arguments& arguments);

/// The overrides that the command line asks for. Throws Error(usage) for what is not name=value.
[[nodiscard]] PipelineOverrides overrides_of(const Arguments& arguments);

[[nodiscard]] OpenedPipeline::Request opening_of(const Arguments& arguments);
/// `mlpipe run SPEC` with all that decides what the pipeline is, for a person to go on from.
[[nodiscard]] std::string command_to_repeat(const Arguments& arguments);

[[nodiscard]] Selection selection_of(const Arguments& arguments);

}  // namespace mlpipe
