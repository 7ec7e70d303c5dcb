#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace mlpipe {

/// A graph in layers whose edges all go from one layer to the next: edges that pass layers have
/// been cut into pieces, with a bend in each layer they pass.
struct LayeredGraph {
  std::size_t boxes = 0;                         ///< Vertices from here on are bends.
  std::vector<std::size_t> layer_of;             ///< Of each vertex.
  std::vector<std::vector<std::size_t>> layers;  ///< Vertices from left to right.
  std::vector<std::vector<std::size_t>> above;   ///< Of each vertex its neighbours one layer up.
  std::vector<std::vector<std::size_t>> below;   ///< … and one layer down.

  [[nodiscard]] bool is_bend(std::size_t vertex) const { return vertex >= boxes; }
};

/// How many pairs of edges cross. O(E log V).
[[nodiscard]] std::size_t count_crossings(const LayeredGraph& graph);

/// Order the vertices in their layers so that few edges cross: barycentres in both directions, then
/// exchanges of neighbours, as long as that helps. Gives the crossings that are left.
std::size_t reduce_crossings(LayeredGraph& graph);

}  // namespace mlpipe
