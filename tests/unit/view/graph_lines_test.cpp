#include "view/graph_lines.h"

#include <map>
#include <set>

#include "support/catch.h"
#include "unit/view/graph_testing.h"

namespace mlpipe {
namespace {

/// The whole drawing, with names.
std::string drawn(const StepGraph& graph, bool unicode = true) {
  std::string text;
  for (const auto& line : graph_lines(graph, unicode))
    text += line.lanes + (line.step ? " " + graph.steps[*line.step].name : "") + "\n";
  return text;
}

/// On which sides a sign goes on.
struct Sides {
  bool up = false;
  bool down = false;
  bool left = false;
  bool right = false;
};

const std::map<std::string, Sides> sides_of{
    {"│", {true, true, false, false}}, {"┊", {true, true, false, false}},
    {"─", {false, false, true, true}}, {"┄", {false, false, true, true}},
    {"├", {true, true, false, true}},  {"┤", {true, true, true, false}},
    {"┼", {true, true, true, true}},   {"╰", {true, false, false, true}},
    {"╯", {true, false, true, false}}, {"┴", {true, false, true, true}},
    {"╭", {false, true, false, true}}, {"╮", {false, true, true, false}},
    {"┬", {false, true, true, true}}};

std::vector<std::string> letters(const std::string& line) {
  std::vector<std::string> result;
  for (const char c : line)
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U)
      result.emplace_back(1, c);
    else
      result.back() += c;
  return result;
}

/// Reads a drawing as a person does, with nothing but its letters: which steps go to which.
std::set<std::pair<std::size_t, std::size_t>> read_back(const std::vector<GraphLine>& lines) {
  std::set<std::pair<std::size_t, std::size_t>> edges;
  std::map<std::size_t, std::set<std::size_t>> fed;  // what flows in the lane of each column
  std::size_t newest = 0;
  for (const auto& line : lines) {
    const auto cells = letters(line.lanes);
    std::size_t mark = cells.size();
    std::map<std::size_t, std::set<std::size_t>> below;
    std::set<std::size_t> touched;
    std::set<std::size_t> in_line;  // columns that the level line joins
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i] == "●") mark = i;
      const auto sides = sides_of.find(cells[i]);
      if (sides == sides_of.end()) continue;
      const auto& [up, down, left, right] = sides->second;
      if (up && !fed.contains(i)) FAIL("a lane from nowhere in " << line.lanes);
      if ((up || down) && (left || right)) in_line.insert(i);
      if (down) below[i] = up ? fed[i] : std::set<std::size_t>{};
    }
    if (line.step) {
      REQUIRE(mark < cells.size());
      newest = *line.step;
      if (fed.contains(mark)) in_line.insert(mark);
      for (const auto column : in_line)
        for (const auto from : fed[column]) edges.insert({from, newest});
      below[mark] = {newest};  // if a lane begins here
    } else {
      for (const auto column : in_line)
        if (below.contains(column)) below[column].insert(newest);
    }
    fed = std::move(below);
  }
  return edges;
}

}  // namespace

TEST_CASE("a chain is a line") {
  CHECK(drawn(graph_with(3, {{0, 1}, {1, 2}})) == "● s0\n● s1\n● s2\n");
}

TEST_CASE("a diamond's sides stand side by side") {
  CHECK(drawn(graph_with(4, {{0, 1}, {0, 2}, {1, 3}, {2, 3}})) ==
        "● s0\n"
        "├─● s1\n"
        "● │ s2\n"
        "╰─┤\n"
        "  ● s3\n");
  CHECK(drawn(graph_with(4, {{0, 1}, {0, 2}, {1, 3}, {2, 3}}), false) ==
        "* s0\n"
        "+-* s1\n"
        "* | s2\n"
        "`-+\n"
        "  * s3\n");
}

TEST_CASE("a fan takes three columns, however wide it is") {
  CHECK(drawn(graph_with(6, {{0, 1}, {0, 2}, {0, 3}, {0, 4}, {1, 5}, {2, 5}, {3, 5}, {4, 5}})) ==
        "● s0\n"
        "├─● s1\n"
        "├─│─● s2\n"
        "│ ├─╯\n"
        "├─│─● s3\n"
        "│ ├─╯\n"
        "● │ s4\n"
        "╰─┤\n"
        "  ● s5\n");
  IndexPairs wide;
  for (std::size_t i = 1; i <= 200; ++i) {
    wide.emplace_back(0, i);
    wide.emplace_back(i, 201);
  }
  for (const auto& line : graph_lines(graph_with(202, wide), false)) CHECK(line.lanes.size() <= 5);
}

TEST_CASE("a chain is followed to its end before another begins") {
  CHECK(drawn(graph_with(4, {{0, 2}, {1, 3}})) == "● s0\n● s2\n\n● s1\n● s3\n");
}

TEST_CASE("order without data is dotted") {
  auto graph = graph_with(4, {{0, 1}, {0, 2}, {0, 3}});
  for (auto& edge : graph.edges) edge.data.clear();
  graph.edges.front().data = {{.output = "a", .input = "b"}};
  CHECK(drawn(graph) ==
        "● s0\n"
        "├┄╮\n"
        "● ┊ s1\n"
        "  ├┄● s2\n"
        "  ● s3\n");
}

TEST_CASE("a mark right below another one is fed from it; what is not stands apart") {
  CHECK(drawn(graph_with(2, {})) == "● s0\n\n● s1\n");
  CHECK(drawn(graph_with(4, {{0, 1}, {0, 2}, {0, 3}})) == "● s0\n├─● s1\n├───● s2\n● s3\n");
  CHECK(graph_lines({}, true).empty());
}

TEST_CASE("what is drawn is the graph: it can be read back from the letters alone") {
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    const std::size_t steps = 3 + seed;
    const auto edges = random_edges(steps, steps * 2, 1 + seed % 9 * 2, seed);
    auto graph = graph_with(steps, edges);
    for (std::size_t i = 0; i < graph.edges.size(); i += 4) graph.edges[i].data.clear();
    const auto lines = graph_lines(graph, true);
    INFO(drawn(graph));
    CHECK(read_back(lines) == std::set(edges.begin(), edges.end()));
    std::vector<bool> seen(steps);
    for (const auto& line : lines) {
      if (!line.step) continue;
      for (const auto& [from, to] : edges)
        if (to == *line.step) CHECK(seen[from]);
      CHECK_FALSE(seen[*line.step]);
      seen[*line.step] = true;
    }
    CHECK(std::count(seen.begin(), seen.end(), true) == static_cast<int>(steps));
  }
}

}  // namespace mlpipe
