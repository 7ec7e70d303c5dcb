#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/pipeline.h"

namespace mlpipe {

/// What a caller changes in a pipeline for one run. Later entries win.
struct PipelineOverrides {
  std::vector<std::filesystem::path> parameter_files;  ///< `--params FILE`: a YAML map name: value.
  std::vector<std::pair<std::string, std::string>> parameters;         ///< `-p name=value`
  std::vector<std::pair<std::string, std::filesystem::path>> inputs;   ///< `-i name=PATH`, absolute.
  std::vector<std::pair<std::string, std::string>> settings;  ///< `--set steps.train.resources.cpus=2`
  std::optional<std::string> compute_target;                  ///< `--compute-target NAME`
  std::optional<std::string> experiment_name;                 ///< `--experiment NAME`
};

/// Read a pipeline file in either spelling (spec-format.md), apply the overrides and resolve every
/// expression. Relative paths in the file are relative to the file.
///
/// Throws Error(invalid_file) whose message lists *all* problems, each with file:line:column, the
/// line with a caret and what was expected; Error(not_found) if there is no such file;
/// Error(usage) for an override that names what does not exist.
[[nodiscard]] Pipeline read_pipeline(const std::filesystem::path& file,
                                     const PipelineOverrides& overrides = {});

}  // namespace mlpipe
