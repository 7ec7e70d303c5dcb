#pragma once

#include <optional>

#include "engine/state_directory.h"
#include "engine/unchanged_run.h"

namespace mlpipe {

/// What is remembered under the key; nothing if there is nothing, or if the file is not whole.
[[nodiscard]] std::optional<UnchangedRun> read_unchanged_run(const StateDirectory& state,
                                                             const Hash& key);

/// Remember it, and forget the oldest ones. A failure to write is none: it is only a cache.
void write_unchanged_run(const StateDirectory& state, const Hash& key, const UnchangedRun& run);

}  // namespace mlpipe
