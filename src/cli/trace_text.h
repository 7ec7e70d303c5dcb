#pragma once

#include <string>

#include "engine/reporter.h"

namespace mlpipe {

/// What `--trace-inputs` found, for people: a block of lines.
[[nodiscard]] std::string trace_text(const RunSummary& summary);

}  // namespace mlpipe
