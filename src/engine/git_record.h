#pragma once

#include <map>
#include <string>

#include "base/git.h"
#include "core/pipeline.h"

namespace mlpipe {

/// The folders whose state in git matters to a run: the file's and the steps' sources.
[[nodiscard]] std::vector<std::filesystem::path> git_folders(const Pipeline& pipeline);

/// Run properties by Azure ML's and MLflow's names (azureml.md 2.11), without the diff.
[[nodiscard]] std::map<std::string, std::string> git_properties(const GitState& state);

}  // namespace mlpipe
