#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace mlpipe {

/// The manual page mlpipe(1) in roff's man macros: all commands with their options, all topics.
[[nodiscard]] std::string man_page(const CLI::App& app);

/// The commands that people should see, in the order in which they were declared.
[[nodiscard]] std::vector<const CLI::App*> shown_commands(const CLI::App& app);

}  // namespace mlpipe
