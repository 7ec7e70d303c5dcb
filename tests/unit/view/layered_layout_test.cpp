#include "view/layered_layout.h"

#include <cmath>

#include "support/catch.h"
#include "unit/view/graph_testing.h"

namespace mlpipe {
namespace {

LayoutRequest request_with(std::size_t boxes, const IndexPairs& edges) {
  LayoutRequest request{.sizes = {}, .edges = edges};
  for (std::size_t i = 0; i < boxes; ++i)
    request.sizes.push_back({60.0 + static_cast<double>(i % 7) * 20, 40});
  return request;
}

/// How many pairs of boxes overlap.
std::size_t overlaps(const LayoutRequest& request, const LayeredLayout& layout) {
  std::size_t found = 0;
  for (std::size_t a = 0; a < request.sizes.size(); ++a)
    for (std::size_t b = 0; b < a; ++b) {
      const double x = std::abs(layout.centres[a].x - layout.centres[b].x);
      const double y = std::abs(layout.centres[a].y - layout.centres[b].y);
      if (x < (request.sizes[a].x + request.sizes[b].x) / 2 - 0.01 &&
          y < (request.sizes[a].y + request.sizes[b].y) / 2 - 0.01)
        ++found;
    }
  return found;
}

/// How many straight pieces of edges, between whose ends boxes stand, run through one.
std::size_t pierced(const LayoutRequest& request, const LayeredLayout& layout) {
  std::size_t found = 0;
  for (const auto& route : layout.routes)
    for (std::size_t i = 2; i + 2 < route.size(); i += 2)
      for (std::size_t box = 0; box < request.sizes.size(); ++box) {
        const Point& centre = layout.centres[box];
        const Point& size = request.sizes[box];
        if (std::abs(route[i].x - centre.x) < size.x / 2 && route[i].y < centre.y + size.y / 2 &&
            route[i + 1].y > centre.y - size.y / 2)
          ++found;
      }
  return found;
}

bool edges_go_down(const LayeredLayout& layout) {
  for (const auto& route : layout.routes)
    for (std::size_t i = 1; i < route.size(); ++i)
      if (route[i].y < route[i - 1].y - 0.01) return false;
  return true;
}

bool is_within(const LayoutRequest& request, const LayeredLayout& layout) {
  for (std::size_t i = 0; i < request.sizes.size(); ++i) {
    const Point& centre = layout.centres[i];
    const Point& size = request.sizes[i];
    if (centre.x - size.x / 2 < -0.01 || centre.x + size.x / 2 > layout.size.x + 0.01) return false;
    if (centre.y - size.y / 2 < -0.01 || centre.y + size.y / 2 > layout.size.y + 0.01) return false;
  }
  return true;
}

void check_sound(const LayoutRequest& request, const LayeredLayout& layout) {
  CHECK(overlaps(request, layout) == 0);
  CHECK(pierced(request, layout) == 0);
  CHECK(edges_go_down(layout));
  CHECK(is_within(request, layout));
  for (std::size_t i = 0; i < request.edges.size(); ++i) {
    const auto& [from, to] = request.edges[i];
    CHECK(layout.layers[from] < layout.layers[to]);
    CHECK(layout.routes[i].front().y == Approx(layout.centres[from].y + request.sizes[from].y / 2));
    CHECK(layout.routes[i].back().y == Approx(layout.centres[to].y - request.sizes[to].y / 2));
  }
}

}  // namespace

TEST_CASE("no boxes: a layout of nothing") {
  const auto layout = lay_out({});
  CHECK(layout.centres.empty());
  CHECK(layout.size.x == 0);
  CHECK(layout.size.y == 0);
}

TEST_CASE("a diamond has its ends in the middle and its sides beside each other") {
  LayoutRequest request{.edges = {{0, 1}, {0, 2}, {1, 3}, {2, 3}}};
  request.sizes.assign(4, {100, 40});
  const auto layout = lay_out(request);
  check_sound(request, layout);
  CHECK(layout.layers == std::vector<std::size_t>{0, 1, 1, 2});
  CHECK(layout.crossings == 0);
  CHECK(layout.centres[0].x == Approx(layout.centres[3].x));
  CHECK(layout.centres[0].x == Approx((layout.centres[1].x + layout.centres[2].x) / 2));
  CHECK(layout.size.x == Approx(2 * 100 + request.gap_beside));
}

TEST_CASE("edges that cross as they are written are put apart") {
  // Each of 0..3 goes to the one across: 6 crossings as written.
  const auto ladder = request_with(8, {{0, 7}, {1, 6}, {2, 5}, {3, 4}, {0, 6}, {1, 5}, {2, 4}});
  CHECK(lay_out(ladder).crossings == 0);
  // Two trees, children written in turns.
  const auto trees = request_with(10, {{0, 2},
                                       {1, 3},
                                       {0, 4},
                                       {1, 5},
                                       {0, 6},
                                       {1, 7},
                                       {2, 8},
                                       {4, 8},
                                       {3, 9},
                                       {5, 9},
                                       {6, 8},
                                       {7, 9},
                                       {0, 1}});
  CHECK(lay_out(trees).crossings == 0);
  // Two to two: one crossing is the least there can be.
  CHECK(lay_out(request_with(4, {{0, 2}, {0, 3}, {1, 2}, {1, 3}})).crossings == 1);
}

TEST_CASE("a box that is needed late stands near what needs it") {
  const auto layout = lay_out(request_with(5, {{0, 1}, {1, 2}, {2, 3}, {4, 3}}));
  CHECK(layout.layers[4] == 2);
}

TEST_CASE("a long edge runs beside the boxes that it passes, all but straight") {
  const auto request = request_with(5, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {0, 4}});
  const auto layout = lay_out(request);
  check_sound(request, layout);
  const auto& route = layout.routes[4];
  REQUIRE(route.size() == 10);
  for (std::size_t i = 3; i + 2 < route.size(); ++i) CHECK(std::abs(route[i].x - route[2].x) < 2);
}

TEST_CASE("parts that do not hang together stand side by side and in rows") {
  const auto pairs = request_with(6, {{0, 3}, {1, 4}, {2, 5}});
  check_sound(pairs, lay_out(pairs));
  const auto loose = request_with(1000, {});
  const auto layout = lay_out(loose);
  CHECK(overlaps(loose, layout) == 0);
  CHECK(layout.size.x < 3 * layout.size.y);
  CHECK(layout.size.y < 3 * layout.size.x);
}

TEST_CASE("random graphs are laid out soundly, and the same each time") {
  for (std::uint32_t seed = 1; seed <= 30; ++seed) {
    const std::size_t boxes = 5 + seed * 2;
    const auto request = request_with(boxes, random_edges(boxes, boxes * 3 / 2, 10, seed));
    const auto layout = lay_out(request);
    check_sound(request, layout);
    const auto again = lay_out(request);
    for (std::size_t i = 0; i < boxes; ++i) {
      CHECK(layout.centres[i].x == again.centres[i].x);
      CHECK(layout.centres[i].y == again.centres[i].y);
    }
  }
}

TEST_CASE("a thousand boxes are laid out without overlaps, each edge downwards") {
  IndexPairs chain;
  IndexPairs fan;
  IndexPairs every_pair;
  for (std::size_t i = 1; i < 1000; ++i) {
    chain.emplace_back(i - 1, i);
    if (i < 999) {
      fan.emplace_back(0, i);
      fan.emplace_back(i, 999);
    }
  }
  for (std::size_t to = 1; to < 300; ++to)
    for (std::size_t from = 0; from < to; ++from) every_pair.emplace_back(from, to);
  for (const auto& edges : {chain, fan, every_pair, random_edges(1000, 2000, 1000, 7)}) {
    const auto request = request_with(1000, edges);
    const auto layout = lay_out(request);
    CHECK(overlaps(request, layout) == 0);
    CHECK(edges_go_down(layout));
  }
}

}  // namespace mlpipe
