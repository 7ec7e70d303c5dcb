#pragma once

#include <vector>

#include "view/layer_order.h"

namespace mlpipe {

/// The x of every vertex: in its layer's order, with the room that boxes need, near the vertices
/// above and below that it is joined to, long edges straight where that can be. `widths`: of the
/// boxes; `gap`: between two of them.
[[nodiscard]] std::vector<double> choose_columns(const LayeredGraph& graph,
                                                 const std::vector<double>& widths, double gap);

}  // namespace mlpipe
