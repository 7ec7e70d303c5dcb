#pragma once

#include <string>
#include <string_view>

#include "core/run.h"
#include "view/run_details.h"

namespace mlpipe {

/// What becomes of a step that may still run on another machine though its run has ended like this,
/// and what ends it.
[[nodiscard]] std::string left_running_advice(std::string_view run_id, Status run);

/// The same of one step, with where it may run: "may still run on compute target 'a': …"; "" if it
/// does not.
[[nodiscard]] std::string left_running_text(const StepDetails& step, const RunRecord& run);

}  // namespace mlpipe
