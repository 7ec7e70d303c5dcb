#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/pipeline.h"
#include "core/workspace.h"

namespace mlpipe {

/// Environment variables by name.
using Variables = std::map<std::string, std::string>;

/// This process's own environment.
[[nodiscard]] Variables own_environment();
[[nodiscard]] std::vector<std::string> as_list(const Variables& variables);

/// What every step gets, before anything of its own (semantics.md 5): from `caller` PATH, HOME,
/// USER, proxies and CUDA_VISIBLE_DEVICES; LANG, LC_ALL, TZ fixed.
[[nodiscard]] Variables base_environment(const Variables& caller);

/// The program that a step's script or command means by "python" or "Rscript", absolute. Throws
/// Error(invalid_file) that names the environment if there is none.
[[nodiscard]] std::filesystem::path interpreter_program(const std::string& language,
                                                        const EnvironmentConfig& environment,
                                                        const Variables& caller);

}  // namespace mlpipe
