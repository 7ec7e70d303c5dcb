#pragma once

namespace mlpipe {

/// The whole command line: parse, run one command, give the exit code (semantics.md 7). Catches
/// everything.
[[nodiscard]] int run_command_line(int argc, char** argv);

}  // namespace mlpipe
