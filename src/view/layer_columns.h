#pragma once

#include <vector>

#include "view/layer_order.h"
#include "view/layered_layout.h"

namespace mlpipe {

/// The x of every vertex: in its layer's order, with the room that boxes need, near the vertices
/// above and below that it is joined to, long edges straight where that can be.
[[nodiscard]] std::vector<double> choose_columns(const LayeredGraph& graph,
                                                 const LayoutRequest& request);

}  // namespace mlpipe
