#pragma once

#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/opened_history.h"

namespace mlpipe {

/// What --experiment, --status, --tag, --since, --where … of the command line ask for. Throws
/// Error(usage) or Error(not_found) for words that mean nothing.
[[nodiscard]] RunQuery query_of(const Arguments& arguments, OpenedHistory& opened);

/// Whether any of these options was given.
[[nodiscard]] bool has_filter(const Arguments& arguments);

/// The options that were given, as words for the shell: " --experiment e -n 20".
[[nodiscard]] std::string filter_words(const Arguments& arguments);

/// The runs named by RUN…, each once. Throws as OpenedHistory::find_run().
[[nodiscard]] std::vector<RunRecord> named_runs(const std::vector<std::string>& ids,
                                                OpenedHistory& opened);

/// "name" or "name=value" of a tag. Throws Error(usage) if there is no name.
[[nodiscard]] RunQuery::Tag tag_of(const std::string& text);

}  // namespace mlpipe
