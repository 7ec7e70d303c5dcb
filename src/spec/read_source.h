#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/pipeline.h"
#include "spec/source_text.h"

namespace mlpipe {

/// Read a text file. `what` it is ("pipeline file") is for the messages. Throws Error(not_found) if
/// there is none, Error(invalid_file) for a folder, more than 64 MiB, a binary file, other text
/// than UTF-8.
[[nodiscard]] SourceText read_source(const std::filesystem::path& file, std::string_view what);

/// A problem found later than while reading, printed as those are: with the file's line and a
/// caret. `expected` may be empty.
[[nodiscard]] std::string located_error(const SpecLocation& at, const std::string& message,
                                        const std::string& expected);
[[nodiscard]] std::string located_warning(const SpecLocation& at, const std::string& message,
                                          const std::string& expected);

}  // namespace mlpipe
