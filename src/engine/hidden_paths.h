#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/isolation.h"

namespace mlpipe {

/// The absolute paths that a text names, in the order in which they come, each once: in quotes, or
/// up to a blank, without the punctuation behind.
[[nodiscard]] std::vector<std::filesystem::path> paths_named_in(std::string_view text);

/// What is to be added to the message of a step that failed: the paths in the end of its stderr
/// that exist on this machine but were not shown to it, and what to do. "" if there are none, or it
/// was not isolated. Looks at the disk.
[[nodiscard]] std::string hidden_paths_text(const StepExecution& execution);

}  // namespace mlpipe
