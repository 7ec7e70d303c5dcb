#include "spec/scope.h"

namespace mlpipe {

std::vector<StepId> steps_in(const StepEntry& entry) {
  if (entry.id) return {*entry.id};
  std::vector<StepId> all;
  if (entry.component)
    for (const auto& inner : entry.component->scope.steps.all())
      for (const auto id : steps_in(inner)) all.push_back(id);
  return all;
}

}  // namespace mlpipe
