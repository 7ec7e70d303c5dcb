#pragma once

#include "base/look_recorder.h"

namespace mlpipe {

/// Whether what was seen still is. False too where the path cannot be accessed.
[[nodiscard]] bool still_holds(const Look& look);

}  // namespace mlpipe
