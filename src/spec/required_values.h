#pragma once

#include "spec/scope.h"

namespace mlpipe {

/// Something that stands in for each value that a parameter or data input of the pipeline lacks and
/// must be given, so that all else can be read and checked; they are marked as required.
void stand_in_for_values(Scope& scope);

}  // namespace mlpipe
