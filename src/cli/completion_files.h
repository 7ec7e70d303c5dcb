#pragma once

#include <string>
#include <vector>

#include "cli/completion_line.h"

namespace mlpipe {

enum class FileChoice { yaml, any, folders };

/// Files and folders whose path begins with `prefix` (`~/` is the home), folders with a '/'.
[[nodiscard]] std::vector<Candidate> files_for(const std::string& prefix, FileChoice choice);

/// A path with `~/` replaced by the home.
[[nodiscard]] std::string with_home_folder(const std::string& path);

}  // namespace mlpipe
