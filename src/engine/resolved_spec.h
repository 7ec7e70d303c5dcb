#pragma once

#include <string>

#include "core/pipeline.h"

namespace mlpipe {

/// The pipeline as this run sees it, every override applied, as JSON for the record.
[[nodiscard]] std::string resolved_spec_json(const Pipeline& pipeline);

}  // namespace mlpipe
