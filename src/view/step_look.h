#pragma once

#include <span>

#include "view/step_graph.h"

namespace mlpipe {

/// How steps with which much the same happened are painted. Never the only thing that says so:
/// words or signs stand beside it.
struct StepLook {
  const char* name;
  const char* fill;
  const char* line;
  const char* dark_fill;  ///< For readers whose system is dark.
  const char* dark_line;
  bool dashed = false;  ///< The line around it.
};

[[nodiscard]] const StepLook& look_of(const DrawnStep& step);
[[nodiscard]] std::span<const StepLook> all_looks();

}  // namespace mlpipe
