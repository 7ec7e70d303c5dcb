#pragma once

#include <filesystem>

#include "core/pipeline.h"
#include "spec/pipeline_overrides.h"

namespace mlpipe {

/// Read a pipeline file in either spelling (spec-format.md), apply the overrides and resolve every
/// expression. Relative paths in the file are relative to the file.
///
/// Throws Error(invalid_file) whose message lists *all* problems, each with file:line:column, the
/// line with a caret and what was expected; Error(not_found) if there is no such file;
/// Error(usage) for an override that names what does not exist.
[[nodiscard]] Pipeline read_pipeline(const std::filesystem::path& file,
                                     const PipelineOverrides& overrides = {});

}  // namespace mlpipe
