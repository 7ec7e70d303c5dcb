#pragma once

#include <string>
#include <vector>

#include "view/line_plot.h"

namespace mlpipe {

/// Which characters a terminal shows.
enum class Glyphs { ascii, unicode };

struct TextSize {
  std::size_t columns = 80;
  std::size_t rows = 10;  ///< Of the drawing itself, without axis and head.
};

/// A plot in lines of text, none ending in blanks: braille dots, or ASCII letters, one a line of
/// the plot. Every line ended by a newline; nothing where there is less room than a plot needs.
[[nodiscard]] std::string plot_text(const LinePlot& plot, TextSize size, Glyphs glyphs);

}  // namespace mlpipe
