#include "view/line_plot.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "support/catch.h"
#include "view/metric_series.h"
#include "view/plot_text.h"

namespace mlpipe {
namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

LinePlot plot_of(std::vector<PlotPoint> points) {
  return {.title = "loss", .x_label = "step", .lines = {{"train", std::move(points)}}};
}

std::size_t count_of(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

Metric value_at(const std::string& value, std::int64_t step) {
  return {.name = "loss", .value = value, .step = step};
}

}  // namespace

TEST_CASE("a line has a gap where a value is no number or infinite") {
  const auto plot =
      plot_of({{0, 1}, {1, 0.5}, {2, nan_value}, {3, 0.2}, {4, infinite}, {5, 0.1}, {6, 0.1}});
  const auto scale = scale_of(plot, 6, 6);
  CHECK(scale.y.high == 1);
  CHECK(scale.y.low == 0);
  const auto pieces = drawn_pieces(plot.lines[0], scale, 100);
  REQUIRE(pieces.size() == 3);
  CHECK(pieces[0].size() == 2);
  CHECK(pieces[1].size() == 1);
  CHECK(pieces[0][0].x == 0);
  CHECK(pieces[0][0].y == 1);
  CHECK(pieces[2][1].x == 1);
}

TEST_CASE("a long line is thinned, its peaks stay") {
  std::vector<PlotPoint> points;
  for (int i = 0; i < 100'000; ++i)
    points.push_back({static_cast<double>(i), i == 51'234 ? 9.0 : (i == 51'300 ? -9.0 : 0.0)});
  const auto plot = plot_of(std::move(points));
  const auto scale = scale_of(plot, 6, 6);
  const auto pieces = drawn_pieces(plot.lines[0], scale, 480);
  REQUIRE(pieces.size() == 1);
  CHECK(pieces[0].size() < 3 * 480);
  const auto [least, greatest] =
      std::minmax_element(pieces[0].begin(), pieces[0].end(),
                          [](const PlotPoint& a, const PlotPoint& b) { return a.y < b.y; });
  CHECK(greatest->y == Approx(scale.y.position(9)));
  CHECK(least->y == Approx(scale.y.position(-9)));
  CHECK(plot_svg(plot).html().size() < 60'000);
}

TEST_CASE("a plot that has no finite value at all is still a drawing") {
  const auto svg = plot_svg(plot_of({{0, nan_value}, {1, infinite}})).html();
  CHECK(svg.find("nan") == std::string::npos);
  CHECK(svg.find("inf") == std::string::npos);
}

TEST_CASE("names in a plot are escaped") {
  LinePlot plot = plot_of({{0, 1}, {1, 2}});
  plot.title = "<script>";
  plot.lines.push_back({"</svg><b>", {{0, 1}, {1, 1}}});
  const auto svg = plot_svg(plot).html();
  CHECK(svg.find("<script") == std::string::npos);
  CHECK(svg.find("<b>") == std::string::npos);
  CHECK(svg.find("&lt;/svg&gt;&lt;b&gt;") != std::string::npos);
}

TEST_CASE("one plot holds the same metric of several steps") {
  std::vector<StepDetails> steps(3);
  for (std::size_t i = 0; i < steps.size(); ++i) steps[i].record.step = "s" + std::to_string(i);
  steps[0].metrics = {value_at("1", 0), value_at("0.5", 1), {.name = "final", .value = "3"}};
  steps[1].metrics = {value_at("2", 0), value_at("\"NaN\"", 1), value_at("1", 2)};
  steps[2].metrics = {value_at("1", 7)};  // one point is no line
  const auto plots = metric_plots(steps);
  REQUIRE(plots.size() == 1);
  REQUIRE(plots[0].lines.size() == 2);
  CHECK(plots[0].lines[1].label == "s1");
  CHECK(std::isnan(plots[0].lines[1].points[1].y));
  CHECK(count_of(plot_svg(plots[0]).html(), "<li>") == 2);
}

TEST_CASE("metrics are summed up by name, texts without their quotes") {
  const auto summaries = summarize({value_at("1", 0),
                                    value_at("\"NaN\"", 1),
                                    value_at("0.25", 2),
                                    {.name = "kind", .value = "\"a \\\"b\\\"\""}});
  REQUIRE(summaries.size() == 2);
  CHECK(summaries[0].count == 3);
  CHECK(summaries[0].least == 0.25);
  CHECK(summaries[0].greatest == 1);
  CHECK_FALSE(summaries[1].least);
  CHECK(value_text(summaries[1].last) == "a \"b\"");
  CHECK(value_text("0.97660818") == "0.976608");
  CHECK(value_text("123456789012") == "123456789012");
  CHECK(value_text("[1,2]") == "[1,2]");
}

TEST_CASE("a plot on a terminal fits it, in dots or letters") {
  const auto plot = plot_of({{0, 0}, {1, 1}});
  CHECK(plot_text(plot, {24, 3}, Glyphs::ascii) ==
        "  1 +              *****\n"
        "0.5 +     *********\n"
        "  0 +*****\n"
        "     0      step       1\n");
  const auto dots = plot_text(plot, {24, 3}, Glyphs::unicode);
  CHECK(dots.find("⠤") != std::string::npos);
  CHECK(plot_text(plot, {12, 3}, Glyphs::unicode).empty());
}

}  // namespace mlpipe
