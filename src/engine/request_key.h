#pragma once

#include <optional>

#include "base/hash.h"
#include "engine/run_request.h"
#include "engine/step_environment.h"

namespace mlpipe {

/// For all that a run is asked for, by this program, and that its surroundings tell mlpipe and the
/// interpreters that it looks for: what is remembered of such a run has this name. Nothing if of
/// one that is asked for so nothing is ever remembered.
[[nodiscard]] std::optional<Hash> request_key(const RunRequest& request, const Variables& caller);

}  // namespace mlpipe
