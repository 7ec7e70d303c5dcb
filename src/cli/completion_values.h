#pragma once

#include <vector>

#include "cli/completion_line.h"

namespace mlpipe {

/// The values that an option or argument may have at the cursor, all of which begin with the line's
/// prefix; looked up in the pipeline file, the history and the folders that the line names.
/// Creates nothing and waits for nobody. Throws for what cannot be read.
[[nodiscard]] std::vector<Candidate> values_for(const CompletionLine& line);

}  // namespace mlpipe
