#pragma once

#include <filesystem>

#include "core/pipeline.h"
#include "spec/pipeline_overrides.h"
#include "spec/spec_context.h"

namespace mlpipe {

/// Read a pipeline file in either spelling (spec-format.md) with the components that it uses, apply
/// the overrides and resolve every expression. Relative paths are relative to the file that says
/// them. A file that holds a single job, or that names the pipeline it runs, is read as well.
///
/// Throws Error(invalid_file) whose message lists *all* problems, each with file:line:column, the
/// line with a caret and what was expected; Error(not_found) if there is no such file;
/// Error(usage) for an override that names what does not exist.
[[nodiscard]] Pipeline read_pipeline(const std::filesystem::path& file,
                                     const PipelineOverrides& overrides = {},
                                     const SpecContext& context = {});

}  // namespace mlpipe
