#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace mlpipe {

/// A place or a size in a drawing, in pixels; y grows downwards.
struct Point {
  double x = 0;
  double y = 0;
};

/// What is to be laid out: boxes and edges between them, without cycles.
struct LayoutRequest {
  std::vector<Point> sizes;  ///< Of each box.
  std::vector<std::pair<std::size_t, std::size_t>> edges;
  double gap_beside = 24;  ///< Between boxes of a layer.
  double gap_below = 44;   ///< Least space between layers; more where edges run flat.
};

/// Boxes in layers from top to bottom, every edge going down (after Sugiyama, Tagawa and Toda).
struct LayeredLayout {
  Point size;
  std::vector<Point> centres;       ///< Of each box.
  std::vector<std::size_t> layers;  ///< Of each box, from the top of what it hangs together with.
  /// Of each edge an even number of points. From the first to the second, the third to the fourth …
  /// it goes straight down, beside boxes; in between it may swing from one column to another, since
  /// no box is there.
  std::vector<std::vector<Point>> routes;
  std::size_t crossings = 0;
};

/// Boxes that hang together are laid out by themselves; the parts stand side by side in rows. The
/// same request gives the same layout on every machine with the same arithmetic. About
/// O((boxes + edges + layers that edges pass) log …). Edges that pass more than 60,000 layers
/// together are drawn straight through them, since no one could read that anyway.
[[nodiscard]] LayeredLayout lay_out(const LayoutRequest& request);

}  // namespace mlpipe
