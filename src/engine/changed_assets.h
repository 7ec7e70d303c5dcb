#pragma once

#include <string>
#include <vector>

#include "engine/selection.h"
#include "engine/step_facts.h"
#include "history/history.h"

namespace mlpipe {

/// For each registered data asset that a selected step reads and that is no more what was
/// registered, a sentence that says so: somebody changed it in place. Only of what was hashed for
/// the plan. `history` is null where there is none.
[[nodiscard]] std::vector<std::string> changed_assets(const Pipeline& pipeline,
                                                      const std::vector<StepRule>& rules,
                                                      const StepFactReader& facts,
                                                      History* history);

}  // namespace mlpipe
