#pragma once

#include <optional>

namespace mlpipe {

/// To be called first of all in the helper's main(), and in that of a program that tests start as
/// one. "serve ROOT": be a helper on stdin and stdout, until stdin ends; what is kept lies below
/// ROOT, which is made. "keep ROOT": keep jobs (job_keeper.h). Else nothing.
[[nodiscard]] std::optional<int> run_as_helper(int argc, char** argv);

}  // namespace mlpipe
