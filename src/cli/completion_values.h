#pragma once

#include <string>
#include <vector>

#include "cli/completion_line.h"

namespace mlpipe {

/// What the word at the cursor may become.
struct Candidate {
  std::string value;  ///< What ends in '=', '/' or '.' is meant to be gone on with.
  std::string description;
};

/// The values that an option or argument may have at the cursor, all of which begin with the line's
/// prefix; looked up in the pipeline file, the history and the folders that the line names.
/// Creates nothing and waits for nobody. Throws for what cannot be read.
[[nodiscard]] std::vector<Candidate> values_for(const CompletionLine& line);

enum class FileChoice { yaml, any, folders };

/// Files and folders whose path begins with `prefix` (`~/` is the home), folders with a '/'.
[[nodiscard]] std::vector<Candidate> files_for(const std::string& prefix, FileChoice choice);

/// A path with `~/` replaced by the home.
[[nodiscard]] std::string with_home_folder(const std::string& path);

}  // namespace mlpipe
