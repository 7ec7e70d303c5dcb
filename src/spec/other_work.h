#pragma once

#include <string_view>

#include "spec/keywords.h"
#include "spec/scope.h"
#include "spec/step_reader.h"

namespace mlpipe {

/// Which keys a step of this type has; "" and unknown ones: those of a command.
[[nodiscard]] Place place_of_work(std::string_view type);

/// Check a step of a kind that mlpipe reads but does not run (azureml.md 3.9, 3.10): sweep,
/// parallel, automl, spark, import, data_transfer. Its inputs and outputs take part in the graph.
void read_other_work(StepEntry& entry, Scope& scope, const Pipeline& pipeline, StepReader& reader,
                     Step& step);

}  // namespace mlpipe
