#pragma once

#include "spec/field_check.h"
#include "spec/scope.h"

namespace mlpipe {

/// Check a step of type `sweep` (azureml.md 3.9): sampling, search space, objective, limits, and
/// the trial with its inputs.
void check_sweep(const StepEntry& entry, const FieldCheck& check);

/// Whether a `trial:` is a command that is written there, not a component.
[[nodiscard]] bool is_inline_trial(const YamlValue& trial);

}  // namespace mlpipe
