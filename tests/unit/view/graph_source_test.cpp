#include "view/graph_source.h"

#include "support/catch.h"
#include "unit/view/graph_testing.h"
#include "view/graph_svg.h"
#include "view/svg_text.h"

namespace mlpipe {
namespace {

/// Names and texts that mean something to each of the languages.
StepGraph odd_graph() {
  StepGraph graph{.title = "a \"b\" <c>"};
  graph.steps = {{.name = "quote\"d", .subtitle = "echo <a> & 'b' \\ | [c] {d}"},
                 {.name = "grün", .status = Status::failed},
                 {.name = "raw\xff\x01", .status = Status::completed, .reused = true}};
  graph.edges = {{.from = 0, .to = 1, .data = {{.output = "x|y", .input = "in"}}},
                 {.from = 1, .to = 2}};
  return graph;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a graph in Graphviz's language") {
  CHECK(graph_dot(graph_with(2, {{0, 1}})) ==
        "digraph \"test\" {\n"
        "  graph [label=\"test\", labelloc=t, fontname=\"Helvetica\"];\n"
        "  node [shape=box, fontname=\"Helvetica\", fontsize=11];\n"
        "  edge [fontname=\"Helvetica\", fontsize=9, color=\"#6e7781\"];\n"
        "  s0 [label=\"s0\", tooltip=\"s0\", style=\"rounded,filled\", fillcolor=\"#f6f8fa\", "
        "color=\"#6e7781\"];\n"
        "  s1 [label=\"s1\", tooltip=\"s1\", style=\"rounded,filled\", fillcolor=\"#f6f8fa\", "
        "color=\"#6e7781\"];\n"
        "  s0 -> s1 [label=\"out → in\", tooltip=\"out → in\"];\n"
        "}\n");
  const std::string odd = graph_dot(odd_graph());
  CHECK(contains(odd, R"(digraph "a \"b\" <c>")"));
  CHECK(contains(odd, R"(label="quote\"d\necho <a> & 'b' \\ | [c] {d}")"));
  CHECK(contains(odd, R"(label="raw\\xff\\x01\nReused")"));
  CHECK(contains(odd, "s1 -> s2 [style=dashed"));
}

TEST_CASE("a graph in Mermaid's language") {
  CHECK(graph_mermaid(graph_with(2, {{0, 1}})) ==
        "flowchart TD\n"
        "  s0[\"s0\"]\n"
        "  s1[\"s1\"]\n"
        "  s0 -->|\"out → in\"| s1\n");
  const std::string odd = graph_mermaid(odd_graph());
  CHECK(contains(odd,
                 "s0[\"quote#34;d<br/>echo #60;a#62; #38; #39;b#39; #92; #124; #91;c#93; "
                 "#123;d#125;\"]\n"));
  CHECK(contains(odd, "s1[\"grün<br/>Failed\"]:::bad\n"));
  CHECK(contains(odd, "|\"x#124;y → in\"|"));
  CHECK(contains(odd, "s1 -.-> s2\n"));
  CHECK(contains(odd, "classDef bad "));
}

TEST_CASE("in SVG every text is escaped, and a status has a word and a sign") {
  const std::string svg = graph_svg(odd_graph());
  CHECK(
      contains(svg, "<title id=\"mlpipe-graph-title\">Steps of a &quot;b&quot; &lt;c&gt;</title>"));
  CHECK(contains(svg, ">quote&quot;d</text>"));
  CHECK(contains(svg, "raw\\xff\\x01"));
  CHECK(contains(svg, ">Failed</text>"));
  CHECK(contains(svg, ">Reused</text>"));
  CHECK(contains(svg, "prefers-color-scheme:dark"));
  CHECK_FALSE(contains(svg, "<a>"));
  CHECK_FALSE(
      contains(graph_svg(odd_graph(), {.background = false}), "<rect class=\"mlpipe-graph-page\""));
  CHECK(contains(graph_svg({}), "</svg>\n"));
}

TEST_CASE("long texts are cut, a name in its middle, and never within a letter") {
  const std::string name = "train_a_model_with_a_very_long_name_on_the_third_fold_7";
  const auto cut = shortened(name, 13, 200, Cut::middle);
  CHECK(text_width(cut, 13) <= 200);
  CHECK(contains(cut, "…"));
  CHECK(cut.starts_with("train_a"));
  CHECK(cut.ends_with("fold_7"));
  CHECK(shortened("grüüüüüüüün", 10, 40, Cut::end) == "grüü…");
  CHECK(shortened("short", 10, 100, Cut::end) == "short");
  StepGraph graph{.steps = {{.name = name}}};
  CHECK(contains(graph_svg(graph), "<title>" + name + "</title>"));
}

}  // namespace mlpipe
