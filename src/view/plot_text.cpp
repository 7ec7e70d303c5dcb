#include "view/plot_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace mlpipe {

namespace {

constexpr std::string_view ascii_marks = "*o+x#@%&";
constexpr std::size_t least_columns = 16;

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

/// Dots in cells: 2 × 4 in each for braille, 1 × 1 in ASCII.
class Canvas {
 public:
  Canvas(TextSize size, Glyphs glyphs)
      : size_(size), glyphs_(glyphs), cells_(size.columns * size.rows, 0) {}

  [[nodiscard]] std::size_t dots_across() const {
    return size_.columns * (glyphs_ == Glyphs::unicode ? 2 : 1);
  }
  [[nodiscard]] std::size_t dots_down() const {
    return size_.rows * (glyphs_ == Glyphs::unicode ? 4 : 1);
  }

  void dot(long x, long y, char mark) {
    if (x < 0 || y < 0) return;
    const auto column = static_cast<std::size_t>(x);
    const auto row = static_cast<std::size_t>(y);
    if (column >= dots_across() || row >= dots_down()) return;
    if (glyphs_ == Glyphs::ascii) {
      cells_[row * size_.columns + column] = static_cast<unsigned char>(mark);
      return;
    }
    static constexpr std::array<std::array<unsigned char, 2>, 4> bits = {
        {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}};
    cells_[row / 4 * size_.columns + column / 2] |= bits.at(row % 4).at(column % 2);
  }

  /// From dot to dot without a hole.
  void line(std::pair<long, long> from, std::pair<long, long> to, char mark) {
    const long steps =
        std::max({std::labs(to.first - from.first), std::labs(to.second - from.second), 1L});
    for (long i = 0; i <= steps; ++i) {
      const auto part = static_cast<double>(i) / static_cast<double>(steps);
      dot(std::lround(
              std::lerp(static_cast<double>(from.first), static_cast<double>(to.first), part)),
          std::lround(
              std::lerp(static_cast<double>(from.second), static_cast<double>(to.second), part)),
          mark);
    }
  }

  [[nodiscard]] std::string row(std::size_t index) const {
    std::string text;
    for (std::size_t i = 0; i < size_.columns; ++i) {
      const unsigned char cell = cells_[index * size_.columns + i];
      if (cell == 0) {
        text += ' ';
      } else if (glyphs_ == Glyphs::ascii) {
        text += static_cast<char>(cell);
      } else {  // U+2800 + cell
        text += '\xE2';
        text += static_cast<char>(0xA0U | (cell >> 6U));
        text += static_cast<char>(0x80U | (cell & 0x3FU));
      }
    }
    const auto end = text.find_last_not_of(' ');
    return text.substr(0, end == std::string::npos ? 0 : end + 1);
  }

 private:
  TextSize size_;
  Glyphs glyphs_;
  std::vector<unsigned char> cells_;
};

void draw(const LinePlot& plot, const PlotScale& scale, Canvas& canvas) {
  const auto place = [&canvas](const PlotPoint& point) {
    return std::pair(std::lround(point.x * static_cast<double>(canvas.dots_across() - 1)),
                     std::lround((1 - point.y) * static_cast<double>(canvas.dots_down() - 1)));
  };
  for (std::size_t i = 0; i < plot.lines.size(); ++i) {
    const char mark = ascii_marks[i % ascii_marks.size()];
    for (const auto& piece : drawn_pieces(plot.lines[i], scale, canvas.dots_across())) {
      if (piece.size() == 1) canvas.dot(place(piece[0]).first, place(piece[0]).second, mark);
      for (std::size_t k = 1; k < piece.size(); ++k)
        canvas.line(place(piece[k - 1]), place(piece[k]), mark);
    }
  }
}

std::string right_aligned(std::string_view text, std::size_t width) {
  const auto used = code_points(text);
  return std::string(width > used ? width - used : 0, ' ') + std::string(text);
}

/// The line below the drawing: the labels of the first and last tick, and what they count.
std::string foot(const LinePlot& plot, const PlotScale& scale, std::size_t margin,
                 std::size_t columns) {
  if (scale.x.ticks.empty()) return {};
  const std::string first = number_text(scale.x.low);
  const std::string last = number_text(scale.x.high);
  std::string line = std::string(margin + 2, ' ') + first;
  const std::size_t end = margin + 2 + columns;
  const std::string middle = " " + plot.x_label + " ";
  if (line.size() + code_points(middle) + last.size() > end) return line + "\n";
  const std::size_t room = end - line.size() - last.size();
  const std::size_t before = (room - code_points(middle)) / 2;
  line += std::string(before, ' ') + middle;
  line += std::string(room - before - code_points(middle), ' ') + last;
  return line + "\n";
}

}  // namespace

std::string plot_text(const LinePlot& plot, TextSize size, Glyphs glyphs) {
  const PlotScale scale = scale_of(plot, 5, std::max<std::size_t>(size.rows / 2, 3));
  std::size_t margin = 0;
  for (const auto& tick : scale.y.ticks) margin = std::max(margin, code_points(tick.label));
  if (size.rows < 3 || size.columns < margin + 2 + least_columns) return {};
  const TextSize inside{size.columns - margin - 2, size.rows};
  Canvas canvas(inside, glyphs);
  draw(plot, scale, canvas);
  const bool unicode = glyphs == Glyphs::unicode;
  std::vector<std::string> labels(size.rows);
  for (const auto& tick : scale.y.ticks) {
    const auto row =
        std::lround((1 - scale.y.position(tick.value)) * static_cast<double>(size.rows - 1));
    labels.at(static_cast<std::size_t>(std::clamp(row, 0L, static_cast<long>(size.rows) - 1))) =
        tick.label;
  }
  std::string text;
  for (std::size_t i = 0; i < size.rows; ++i) {
    const std::string_view rule = labels[i].empty() ? (unicode ? "│" : "|") : (unicode ? "┤" : "+");
    text += fmt::format("{} {}{}\n", right_aligned(labels[i], margin), rule, canvas.row(i));
  }
  text += foot(plot, scale, margin, inside.columns);
  return text;
}

}  // namespace mlpipe
