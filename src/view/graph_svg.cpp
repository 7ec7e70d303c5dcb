#include "view/graph_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <tuple>

#include "base/text.h"
#include "view/layered_layout.h"
#include "view/step_look.h"
#include "view/svg_text.h"

namespace mlpipe {

namespace {

constexpr double name_size = 13;
constexpr double small_size = 11;
constexpr double widest_text = 230;
constexpr double padding = 12;
constexpr double icon_room = 24;  ///< Left of the text, for the status.
constexpr double margin = 16;     ///< Around the whole.

/// A sign for a status within a circle of radius 8 around (0, 0), as a path to be stroked: not
/// colour alone says what happened.
const char* sign_of(const DrawnStep& step) {
  switch (*step.status) {
    case Status::completed:
      return step.reused ? "M3.6-1.6A4 4 0 1 0 3.8 1.6M3.9-4.6V-1.4H.7" : "M-3.8 .3L-1.2 3 3.8-2.8";
    case Status::failed:
      return "M-3-3L3 3M3-3L-3 3";
    case Status::not_responding:
      return "M-2-2.2C-2-5 2.6-4.6 2.2-1.8C2-.4 0-.6 0 1.4M0 4V4.2";
    case Status::canceled:
    case Status::cancel_requested:
      return "M-3.2-3.2H3.2V3.2H-3.2Z";
    case Status::skipped:
      return "M-4-3L-.6 0-4 3M.6-3L4 0 .6 3";
    case Status::not_started:
    case Status::queued:
      return "M-3.6 0H-3.4M-.1 0H.1M3.4 0H3.6";
    case Status::preparing:
    case Status::running:
    case Status::finalizing:
      return "M-2-3.4L3.6 0-2 3.4Z";
  }
  return "";
}

/// A step's texts, cut to what there is room for, and its size.
struct Card {
  std::string name;
  std::string subtitle;
  std::string words;
  Point size;
};

Card card_of(const DrawnStep& step) {
  Card card{.name = shortened(step.name, name_size, widest_text, Cut::middle),
            .subtitle = shortened(step.subtitle, small_size, widest_text, Cut::end),
            .words = status_words(step)};
  const double text =
      std::max({text_width(card.name, name_size), text_width(card.subtitle, small_size),
                text_width(card.words, small_size), 48.0});
  const double lines = (card.subtitle.empty() ? 0 : 15) + (card.words.empty() ? 0 : 15);
  card.size = {text + 2 * padding + (step.status ? icon_room : 0), 34 + lines};
  return card;
}

void exchange_axes(Point& point) { std::swap(point.x, point.y); }

LayeredLayout lay_out_cards(const StepGraph& graph, const std::vector<Card>& cards, bool sideways) {
  LayoutRequest request;
  if (sideways) request = {.gap_beside = 14, .gap_below = 56};
  for (const auto& card : cards) {
    request.sizes.push_back(card.size);
    if (sideways) exchange_axes(request.sizes.back());
  }
  for (const auto& edge : graph.edges) request.edges.emplace_back(edge.from, edge.to);
  LayeredLayout layout = lay_out(request);
  if (sideways) {
    exchange_axes(layout.size);
    for (auto& centre : layout.centres) exchange_axes(centre);
    for (auto& route : layout.routes)
      for (auto& point : route) exchange_axes(point);
  }
  return layout;
}

/// A drawing's layout, and whether it goes sideways.
std::pair<LayeredLayout, bool> choose_layout(const StepGraph& graph, const std::vector<Card>& cards,
                                             SvgStyle::Direction direction) {
  constexpr double page = 1400;
  if (direction == SvgStyle::Direction::sideways) return {lay_out_cards(graph, cards, true), true};
  LayeredLayout down = lay_out_cards(graph, cards, false);
  if (direction == SvgStyle::Direction::down || down.size.x <= page)
    return {std::move(down), false};
  LayeredLayout sideways = lay_out_cards(graph, cards, true);
  if (sideways.size.x < down.size.x) return {std::move(sideways), true};
  return {std::move(down), false};
}

/// Writes one drawing.
class SvgWriter {
 public:
  SvgWriter(const StepGraph& graph, const SvgStyle& style) : graph_(graph), style_(style) {
    for (const auto& step : graph.steps) cards_.push_back(card_of(step));
    std::tie(layout_, sideways_) = choose_layout(graph, cards_, style.direction);
  }

  std::string text() {
    add_head();
    add_colours();
    if (style_.background) add("<rect class=\"{0}-page\" width=\"100%\" height=\"100%\"/>\n", p());
    add("<g transform=\"translate({} {})\">\n", margin, margin);
    for (std::size_t i = 0; i < graph_.edges.size(); ++i) add_edge(i);
    for (std::size_t i = 0; i < graph_.steps.size(); ++i) add_step(i);
    add("</g>\n</svg>\n");
    return std::move(out_);
  }

 private:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
  }
  [[nodiscard]] const std::string& p() const { return style_.prefix; }

  void add_head() {
    const double width = layout_.size.x + 2 * margin;
    const double height = layout_.size.y + 2 * margin;
    add("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{0}\" width=\"{1:.0f}\" "
        "height=\"{2:.0f}\" viewBox=\"0 0 {1:.0f} {2:.0f}\" role=\"img\" "
        "aria-labelledby=\"{0}-title {0}-desc\">\n",
        p(), width, height);
    add("<title id=\"{}-title\">Steps of {}</title>\n", p(), xml_text(graph_.title));
    add("<desc id=\"{}-desc\">{}, {}.", p(), counted(graph_.steps.size(), "step"),
        counted(graph_.edges.size(), "edge"));
    constexpr std::size_t most_described = 100;
    const auto needs = needs_of(graph_);
    for (std::size_t i = 0; i < std::min(graph_.steps.size(), most_described); ++i) {
      std::string sentence = graph_.steps[i].name;
      for (std::size_t k = 0; k < needs[i].size(); ++k)
        sentence += (k == 0 ? " needs " : ", ") + graph_.steps[needs[i][k]].name;
      if (const auto words = status_words(graph_.steps[i]); !words.empty())
        sentence += " (" + words + ")";
      add(" {}.", xml_text(sentence));
    }
    add("</desc>\n");
    add("<defs><marker id=\"{0}-arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" "
        "markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path class=\"{0}-tip\" "
        "d=\"M0 .5L8 4 0 7.5Z\"/></marker></defs>\n",
        p());
  }

  void add_look(const StepLook& look, bool dark) {
    const char* line = dark ? look.dark_line : look.line;
    add(".{0}-{1} .{0}-box{{fill:{2};stroke:{3}}}", p(), look.name,
        dark ? look.dark_fill : look.fill, line);
    add(".{0}-{1} .{0}-disc{{fill:{2}}}.{0}-{1} .{0}-words{{fill:{2}}}\n", p(), look.name, line);
  }

  void add_scheme(bool dark) {
    const char* page = dark ? "#0d1117" : "#ffffff";
    const char* ink = dark ? "#e6edf3" : "#1f2328";
    const char* faint = dark ? "#9198a1" : "#59636e";
    const char* edge = dark ? "#6e7681" : "#818b98";
    add(".{0}-page{{fill:{1}}}.{0}-name{{fill:{2}}}.{0}-subtitle{{fill:{3}}}"
        ".{0}-line{{stroke:{4}}}.{0}-tip{{fill:{4}}}.{0}-sign{{stroke:{1}}}\n",
        p(), page, ink, faint, edge);
    for (const auto& look : all_looks()) add_look(look, dark);
  }

  void add_colours() {
    add("<style>\n.{0} text{{font-family:system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu "
        "Sans\",sans-serif;font-size:{1}px}}.{0} .{0}-name{{font-size:{2}px;font-weight:600}}\n"
        ".{0}-box{{stroke-width:1.3}}.{0}-reused .{0}-box{{stroke-dasharray:5 3}}"
        ".{0}-line{{fill:none;stroke-width:1.4}}"
        ".{0}-ordering .{0}-line{{stroke-dasharray:4 4}}"
        ".{0}-reach{{fill:none;stroke:transparent;stroke-width:12}}"
        ".{0}-edge:hover .{0}-line{{stroke-width:2.8}}"
        ".{0}-sign{{fill:none;stroke-width:1.7;stroke-linecap:round;stroke-linejoin:round}}\n",
        p(), small_size, name_size);
    add_scheme(false);
    add("@media (prefers-color-scheme:dark){{\n");
    add_scheme(true);
    add("}}\n</style>\n");
  }

  /// The curve through a route: straight beside boxes, swinging between layers.
  [[nodiscard]] std::string curve(const std::vector<Point>& route) const {
    std::string path = fmt::format("M{:.1f} {:.1f}", route[0].x, route[0].y);
    for (std::size_t i = 1; i < route.size(); ++i) {
      const Point& a = route[i - 1];
      const Point& b = route[i];
      if (i % 2 == 1) {
        if (std::abs(a.x - b.x) + std::abs(a.y - b.y) >
            0.1)  // else an arrow's tip has no direction
          path += fmt::format("L{:.1f} {:.1f}", b.x, b.y);
      } else if (sideways_) {
        const double middle = (a.x + b.x) / 2;
        path +=
            fmt::format("C{0:.1f} {1:.1f} {0:.1f} {3:.1f} {2:.1f} {3:.1f}", middle, a.y, b.x, b.y);
      } else {
        const double middle = (a.y + b.y) / 2;
        path +=
            fmt::format("C{0:.1f} {1:.1f} {2:.1f} {1:.1f} {2:.1f} {3:.1f}", a.x, middle, b.x, b.y);
      }
    }
    return path;
  }

  void add_edge(std::size_t i) {
    const DrawnEdge& edge = graph_.edges[i];
    const std::string path = curve(layout_.routes[i]);
    add("<g class=\"{0}-edge{1}\"><title>{2} → {3}: {4}</title><path class=\"{0}-reach\" "
        "d=\"{5}\"/><path class=\"{0}-line\" marker-end=\"url(#{0}-arrow)\" d=\"{5}\"/></g>\n",
        p(), edge.dashed() ? " " + p() + "-ordering" : "", xml_text(graph_.steps[edge.from].name),
        xml_text(graph_.steps[edge.to].name), xml_text(edge.label()), path);
  }

  void add_step(std::size_t i) {
    const DrawnStep& step = graph_.steps[i];
    const Card& card = cards_[i];
    const Point corner{layout_.centres[i].x - card.size.x / 2,
                       layout_.centres[i].y - card.size.y / 2};
    std::string tooltip = step.name;
    if (!step.subtitle.empty()) tooltip += ": " + step.subtitle;
    if (!card.words.empty()) tooltip += " (" + card.words + ")";
    add("<g class=\"{0}-{1}\" transform=\"translate({2:.1f} {3:.1f})\"><title>{4}</title>"
        "<rect class=\"{0}-box\" width=\"{5:.1f}\" height=\"{6:.1f}\" rx=\"7\"/>",
        p(), look_of(step).name, corner.x, corner.y, xml_text(tooltip), card.size.x, card.size.y);
    double left = padding;
    if (step.status) {
      add("<g transform=\"translate({1:.1f} 18)\"><circle class=\"{0}-disc\" r=\"8\"/>"
          "<path class=\"{0}-sign\" d=\"{2}\"/></g>",
          p(), padding + 6, sign_of(step));
      left += icon_room;
    }
    add_text("name", left, 22, card.name);
    double baseline = 38;
    for (const auto& [look, text] :
         {std::pair("subtitle", &card.subtitle), std::pair("words", &card.words)}) {
      if (text->empty()) continue;
      add_text(look, left, baseline, *text);
      baseline += 15;
    }
    add("</g>\n");
  }

  void add_text(const char* look, double x, double y, const std::string& text) {
    add("<text class=\"{}-{}\" x=\"{:.0f}\" y=\"{:.0f}\">{}</text>", p(), look, x, y,
        xml_text(text));
  }

  const StepGraph& graph_;
  const SvgStyle& style_;
  std::vector<Card> cards_;
  LayeredLayout layout_;
  bool sideways_ = false;
  std::string out_;
};

}  // namespace

std::string graph_svg(const StepGraph& graph, const SvgStyle& style) {
  return SvgWriter(graph, style).text();
}

}  // namespace mlpipe
