#pragma once

#include <string>

#include "core/pipeline.h"

namespace mlpipe {

/// Whether a step can do its work without one of its data inputs: the input is optional, and where
/// the command names it, it does so in an optional part.
[[nodiscard]] bool can_do_without(const Step& step, const DataInput& input);

/// What the step is if the input was not given: without it, and without the optional parts of the
/// command that name it. Equal, also in its fingerprint, to a step that never had the input.
void drop_input(Step& step, const std::string& name);

}  // namespace mlpipe
