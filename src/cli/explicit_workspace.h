#pragma once

#include <filesystem>
#include <optional>

#include "cli/arguments.h"

namespace mlpipe {

/// -C, else MLPIPE_WORKSPACE, else nothing. Throws Error(not_found) if it is no folder.
[[nodiscard]] std::optional<std::filesystem::path> explicit_workspace(const Arguments& arguments);

}  // namespace mlpipe
