#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "view/step_graph.h"

namespace mlpipe {

/// One line of a graph drawn with letters.
struct GraphLine {
  std::string lanes;                ///< Without blanks at the end.
  std::optional<std::size_t> step;  ///< The step whose mark stands in it.
};

/// A graph for a terminal, in the manner of `git log --graph`: steps from top to bottom, each after
/// those it needs, with lanes for what is between them.
///
/// A lane either begins at one step and feeds all that it touches further down, or is fed by
/// several and ends at one. A step's line joins it to the lanes it is fed from; the line below it
/// without a mark, if there is one, to those that it feeds. A line that passes a lane without
/// touching it is interrupted there. Lanes of order alone (`depends_on`) are dotted. `unicode`:
/// with box-drawing letters, else in ASCII.
[[nodiscard]] std::vector<GraphLine> graph_lines(const StepGraph& graph, bool unicode);

}  // namespace mlpipe
