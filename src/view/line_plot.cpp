#include "view/line_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace mlpipe {

namespace {

// In the drawing's own units; it is scaled as a whole.
constexpr double width = 480;
constexpr double height = 260;
constexpr double left = 58;
constexpr double right = 14;
constexpr double top = 10;
constexpr double bottom = 40;
constexpr std::size_t colours = 8;  // report.css has as many; then they come again, dashed
constexpr std::size_t most_in_legend = 16;

bool is_finite(const PlotPoint& point) { return std::isfinite(point.x) && std::isfinite(point.y); }

double across(double fraction) { return left + fraction * (width - left - right); }
double down(double fraction) { return height - bottom - fraction * (height - top - bottom); }

std::string line_class(std::size_t index) {
  return fmt::format("line line{}{}", index % colours, index / colours % 2 == 1 ? " dashed" : "");
}

std::string grid(const PlotScale& scale, const LinePlot& plot) {
  std::string svg;
  for (const auto& tick : scale.y.ticks) {
    const double y = down(scale.y.position(tick.value));
    svg += fmt::format(R"(<line class="grid" x1="{0:.1f}" x2="{1:.1f}" y1="{2:.1f}" y2="{2:.1f}"/>)"
                       R"(<text x="{3:.1f}" y="{4:.1f}" text-anchor="end">{5}</text>)",
                       left, width - right, y, left - 6, y + 4, escaped(tick.label));
  }
  for (const auto& tick : scale.x.ticks) {
    const double x = across(scale.x.position(tick.value));
    svg += fmt::format(R"(<line class="tick" x1="{0:.1f}" x2="{0:.1f}" y1="{1:.1f}" y2="{2:.1f}"/>)"
                       R"(<text x="{0:.1f}" y="{3:.1f}" text-anchor="middle">{4}</text>)",
                       x, height - bottom, height - bottom + 4, height - bottom + 17,
                       escaped(tick.label));
  }
  svg += fmt::format(R"(<line class="axis" x1="{0:.1f}" x2="{1:.1f}" y1="{2:.1f}" y2="{2:.1f}"/>)",
                     left, width - right, height - bottom);
  if (!plot.x_label.empty())
    svg +=
        fmt::format(R"(<text class="label" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>)",
                    across(0.5), height - 5, escaped(plot.x_label));
  return svg;
}

std::string line_svg(const std::vector<std::vector<PlotPoint>>& pieces, std::size_t index) {
  std::string path;
  std::string dots;
  std::size_t points = 0;
  for (const auto& piece : pieces) points += piece.size();
  for (const auto& piece : pieces) {
    for (std::size_t i = 0; i < piece.size(); ++i) {
      const double x = across(piece[i].x);
      const double y = down(piece[i].y);
      if (piece.size() > 1) path += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", x, y);
      // A point without neighbours has no line; few points are seen better with dots.
      if (piece.size() == 1 || points <= 30)
        dots += fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="2.2"/>)", x, y);
    }
  }
  return fmt::format(R"(<g class="{}"><path d="{}"/>{}</g>)", line_class(index), path, dots);
}

Markup legend(const LinePlot& plot) {
  if (plot.lines.size() < 2) return {};
  Markup items;
  for (std::size_t i = 0; i < plot.lines.size() && i < most_in_legend; ++i)
    items += element(
        "li", {},
        Markup::trusted(fmt::format(R"(<svg class="key" width="22" height="10" aria-hidden="true">)"
                                    R"(<g class="{}"><path d="M1 5L21 5"/></g></svg>)",
                                    line_class(i))) +
            text(plot.lines[i].label));
  if (plot.lines.size() > most_in_legend)
    items += element("li", {}, fmt::format("and {} more", plot.lines.size() - most_in_legend));
  return element("ul", {{"class", "legend"}}, items);
}

std::string spoken(const LinePlot& plot) {
  return fmt::format(
      "Line plot of {} over {}, {}", plot.title, plot.x_label.empty() ? "step" : plot.x_label,
      plot.lines.size() == 1 ? plot.lines.front().label : counted(plot.lines.size(), "line"));
}

}  // namespace

PlotScale scale_of(const LinePlot& plot, std::size_t most_x, std::size_t most_y) {
  bool any = false;
  PlotPoint least;
  PlotPoint greatest;
  for (const auto& line : plot.lines)
    for (const auto& point : line.points) {
      if (!is_finite(point)) continue;
      if (!any) least = greatest = point;
      any = true;
      least = {std::min(least.x, point.x), std::min(least.y, point.y)};
      greatest = {std::max(greatest.x, point.x), std::max(greatest.y, point.y)};
    }
  return {count_axis(least.x, greatest.x, most_x), value_axis(least.y, greatest.y, most_y)};
}

std::vector<std::vector<PlotPoint>> drawn_pieces(const PlotLine& line, const PlotScale& scale,
                                                 std::size_t columns) {
  std::vector<std::vector<PlotPoint>> pieces;
  bool gap = true;
  const bool thin = line.points.size() > 2 * columns;
  long column = -1;
  for (const auto& point : line.points) {
    if (!is_finite(point)) {
      gap = true;
      continue;
    }
    // The axis ends where numbers get too large to draw: beyond it a point lies on its edge.
    const auto inside = [](double place) {
      return std::isfinite(place) ? std::clamp(place, 0.0, 1.0) : 0.5;
    };
    const PlotPoint at{inside(scale.x.position(point.x)), inside(scale.y.position(point.y))};
    if (gap) pieces.emplace_back();
    auto& piece = pieces.back();
    const long here = std::lround(std::floor(at.x * static_cast<double>(columns)));
    // Of what lies in one column, the last two points stand for the least and the greatest.
    if (thin && !gap && here == column && piece.size() >= 2) {
      auto& low = piece[piece.size() - 2];
      auto& high = piece.back();
      if (low.y > high.y) std::swap(low.y, high.y);
      low.y = std::min(low.y, at.y);
      high.y = std::max(high.y, at.y);
    } else {
      if (thin && here != column && !gap) piece.push_back(at);
      piece.push_back(at);
      column = here;
    }
    gap = false;
  }
  return pieces;
}

Markup plot_svg(const LinePlot& plot) {
  const PlotScale scale = scale_of(plot, 6, 6);
  std::string svg =
      fmt::format(R"(<svg class="plot" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">)",
                  width, height, escaped(spoken(plot)));
  svg += grid(scale, plot);
  for (std::size_t i = 0; i < plot.lines.size(); ++i)
    svg += line_svg(drawn_pieces(plot.lines[i], scale, static_cast<std::size_t>(width)), i);
  svg += "</svg>";
  return element("figure", {{"class", "plot"}},
                 element("figcaption", {}, plot.title) + Markup::trusted(svg) + legend(plot));
}

}  // namespace mlpipe
