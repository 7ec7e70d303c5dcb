#pragma once

#include <string>

#include "spec/problems.h"
#include "spec/scalars.h"
#include "spec/scope.h"
#include "spec/yaml_document.h"

namespace mlpipe {

/// Check an environment that is written where it is used (azureml.md 3.8): `image`, `conda_file`,
/// `build`. Reports unknown keys, files that are not there, and nothing to make it from. What it
/// asks for is not executed: the workspace file says where such a step runs.
void check_inline_environment(const YamlValue& value, const Scope& scope, Problems& problems);

/// Check the environment file that `file:PATH` names, and give the environment's name: the file's
/// `name`, else that of the file.
[[nodiscard]] std::string read_environment_file(const NamedText& reference, const Scope& scope,
                                                Problems& problems);

}  // namespace mlpipe
