#include "view/graph_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/text.h"
#include "view/step_look.h"
#include "view/svg_text.h"

namespace mlpipe {

namespace {

constexpr double font_size = 13;
constexpr double widest = 260;  ///< Commands may be long.

/// The lines of a step's box.
std::vector<std::string> lines_of(const DrawnStep& step) {
  std::vector<std::string> lines{step.name};
  if (!step.subtitle.empty())
    lines.push_back(shortened(step.subtitle, font_size, widest, Cut::end));
  if (const auto words = status_words(step); !words.empty()) lines.push_back(words);
  return lines;
}

/// A text within double quotes of Graphviz's language.
std::string dot_text(std::string_view bytes) {
  std::string text;
  for (const char c : printable(bytes)) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text;
}

/// A text within double quotes of Mermaid: what Markdown, HTML or Mermaid itself would take as its
/// own is written as a character's number.
std::string mermaid_text(std::string_view bytes) {
  std::string text;
  for (const char c : printable(bytes)) {
    const auto code = static_cast<unsigned char>(c);
    const bool harmless = code >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                          (c >= 'a' && c <= 'z') ||
                          std::string_view(" ._-,/:+=()").find(c) != std::string_view::npos;
    if (harmless)
      text += c;
    else
      text += fmt::format("#{};", code);
  }
  return text;
}

}  // namespace

std::string graph_dot(const StepGraph& graph) {
  std::string out;
  auto end = std::back_inserter(out);
  fmt::format_to(end,
                 "digraph \"{0}\" {{\n"
                 "  graph [label=\"{0}\", labelloc=t, fontname=\"Helvetica\"];\n"
                 "  node [shape=box, fontname=\"Helvetica\", fontsize=11];\n"
                 "  edge [fontname=\"Helvetica\", fontsize=9, color=\"#6e7781\"];\n",
                 dot_text(graph.title));
  for (std::size_t i = 0; i < graph.steps.size(); ++i) {
    std::string label;
    for (const auto& line : lines_of(graph.steps[i]))
      label += (label.empty() ? "" : "\\n") + dot_text(line);
    const StepLook& look = look_of(graph.steps[i]);
    fmt::format_to(
        end,
        "  s{} [label=\"{}\", tooltip=\"{}\", style=\"rounded,filled{}\", fillcolor=\"{}\", "
        "color=\"{}\"];\n",
        i, label, dot_text(graph.steps[i].name), look.dashed ? ",dashed" : "", look.fill,
        look.line);
  }
  for (const auto& edge : graph.edges) {
    fmt::format_to(end, "  s{} -> s{}", edge.from, edge.to);
    if (edge.dashed())
      fmt::format_to(end, " [style=dashed, tooltip=\"depends_on\"];\n");
    else
      fmt::format_to(end, " [label=\"{0}\", tooltip=\"{0}\"];\n", dot_text(edge.label()));
  }
  out += "}\n";
  return out;
}

std::string graph_mermaid(const StepGraph& graph) {
  std::string out = "flowchart TD\n";
  auto end = std::back_inserter(out);
  for (std::size_t i = 0; i < graph.steps.size(); ++i) {
    std::string label;
    for (const auto& line : lines_of(graph.steps[i]))
      label += (label.empty() ? "" : "<br/>") + mermaid_text(line);
    const char* look = graph.steps[i].status ? look_of(graph.steps[i]).name : nullptr;
    fmt::format_to(end, "  s{}[\"{}\"]{}{}\n", i, label, look != nullptr ? ":::" : "",
                   look != nullptr ? look : "");
  }
  for (const auto& edge : graph.edges) {
    if (edge.dashed())
      fmt::format_to(end, "  s{} -.-> s{}\n", edge.from, edge.to);
    else
      fmt::format_to(end, "  s{} -->|\"{}\"| s{}\n", edge.from, mermaid_text(edge.label()),
                     edge.to);
  }
  const bool painted = std::any_of(graph.steps.begin(), graph.steps.end(),
                                   [](const DrawnStep& step) { return step.status.has_value(); });
  if (painted)
    for (const auto& look : all_looks())  // light ones, with dark text: it cannot ask the page
      fmt::format_to(end, "  classDef {} fill:{},stroke:{},color:#1f2328{}\n", look.name, look.fill,
                     look.line, look.dashed ? ",stroke-dasharray:5 3" : "");
  return out;
}

}  // namespace mlpipe
