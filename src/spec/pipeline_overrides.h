#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mlpipe {

/// What a caller changes in a pipeline for one run. Later entries win.
struct PipelineOverrides {
  /// Those of the run that is repeated: before all others.
  std::vector<std::pair<std::string, std::string>> earlier_parameters;
  std::vector<std::filesystem::path> parameter_files;  ///< `--params FILE`: a YAML map name: value.
  std::vector<std::pair<std::string, std::string>> parameters;        ///< `-p name=value`
  std::vector<std::pair<std::string, std::filesystem::path>> inputs;  ///< `-i name=PATH`, absolute.
  std::vector<std::pair<std::string, std::string>>
      settings;                                ///< `--set steps.train.resources.cpus=2`
  std::optional<std::string> compute_target;   ///< `--compute-target NAME`
  std::optional<std::string> experiment_name;  ///< `--experiment NAME`
};

}  // namespace mlpipe
