#pragma once

#include <CLI/CLI.hpp>

namespace mlpipe {

/// `mlpipe __complete raw|plain WORD…`, which the scripts in cli/completion/ call at a key press:
/// prints what the last word may become, one `VALUE<TAB>DESCRIPTION` a line. `raw` words still have
/// the shell's quotes. Prints nothing else and never fails: a person is typing.
void complete(const CLI::App& app, int argc, char** argv);

}  // namespace mlpipe
