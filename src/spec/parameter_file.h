#pragma once

#include <filesystem>
#include <set>
#include <string>

namespace mlpipe {

/// The parameters that a file of `--params` gives values to. What is wrong with it is
/// told where the values are read. Throws Error(invalid_file) if it cannot be read at all.
[[nodiscard]] std::set<std::string> names_in_parameter_file(const std::filesystem::path& file);

}  // namespace mlpipe
