#pragma once

#include <functional>
#include <string>

#include "core/pipeline.h"

namespace mlpipe {

/// Where an input or output of a step lies.
using LocationOf = std::function<std::string(const Segment&)>;

/// A template as one argument: every binding replaced by its location, nothing quoted.
[[nodiscard]] std::string argument_text(const Template& segments, const LocationOf& location);

/// A template as text for bash. Literals stand in it as they are (CLI v2's rule); a location with
/// blanks or shell characters is escaped to fit where it stands: bare, in "…" or in '…'.
[[nodiscard]] std::string command_text(const Template& segments, const LocationOf& location);

}  // namespace mlpipe
