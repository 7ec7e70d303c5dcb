#pragma once

#include <string>
#include <utility>
#include <vector>

#include "view/axis.h"
#include "view/html.h"

namespace mlpipe {

struct PlotPoint {
  double x = 0;
  double y = 0;  ///< NaN and infinite values make a gap in the line.
};

struct PlotLine {
  std::string label;
  std::vector<PlotPoint> points;  ///< In the order they are joined.
};

/// Lines over the same two axes: one metric of several steps.
struct LinePlot {
  std::string title;
  std::string x_label;
  std::vector<PlotLine> lines;
};

/// The axes that hold every finite point of a plot.
struct PlotScale {
  Axis x;
  Axis y;
};
[[nodiscard]] PlotScale scale_of(const LinePlot& plot, std::size_t most_x, std::size_t most_y);

/// The pieces of a line between its gaps, each at least one point long; x and y as fractions of the
/// axes (y grows upwards). Long lines are thinned to the extremes in each of `columns` columns, so
/// that no peak is lost.
[[nodiscard]] std::vector<std::vector<PlotPoint>> drawn_pieces(const PlotLine& line,
                                                               const PlotScale& scale,
                                                               std::size_t columns);

/// A drawing with axes, ticks and legend, for the report; its colours are in report.css.
[[nodiscard]] Markup plot_svg(const LinePlot& plot);

}  // namespace mlpipe
