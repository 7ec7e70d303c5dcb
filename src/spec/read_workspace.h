#pragma once

#include <filesystem>
#include <optional>

#include "core/workspace.h"

namespace mlpipe {

/// The workspace for a command: `explicit_root` (-C or MLPIPE_WORKSPACE) if given, else the nearest
/// ancestor of `start` (a folder: the pipeline file's, or the current one) that holds `mlpipe.yaml`
/// or `.mlpipe`, else `start` itself (semantics.md 1). Nothing is created.
[[nodiscard]] std::filesystem::path find_workspace_root(
    const std::filesystem::path& start, const std::optional<std::filesystem::path>& explicit_root);

/// Read `<root>/mlpipe.yaml`, or give the defaults if there is none. Throws Error(invalid_file)
/// with all problems of the file.
[[nodiscard]] Workspace read_workspace(const std::filesystem::path& root);

}  // namespace mlpipe
