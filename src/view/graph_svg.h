#pragma once

#include <string>

#include "view/step_graph.h"

namespace mlpipe {

/// How a graph is drawn as SVG.
struct SvgStyle {
  enum class Direction {
    automatic,  ///< Down, unless that is too wide for a page and sideways is narrower.
    down,
    sideways,
  };

  Direction direction = Direction::automatic;
  /// Whether to paint a background, for a file that is looked at by itself.
  bool background = true;
  /// Begins every id and class name in the drawing, so that several can stand in one page.
  std::string prefix = "mlpipe-graph";
};

/// A drawing as one self-contained <svg> element without an XML declaration, ended by a newline: a
/// file by itself, or a part of an HTML page. Light or dark as the reader's system is. Its class is
/// the style's prefix; width and height are in pixels, so a page may want `max-width: 100%; height:
/// auto`.
[[nodiscard]] std::string graph_svg(const StepGraph& graph, const SvgStyle& style = {});

}  // namespace mlpipe
