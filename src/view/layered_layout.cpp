#include "view/layered_layout.h"

#include <algorithm>
#include <cmath>

#include "view/layer_columns.h"
#include "view/layer_order.h"

namespace mlpipe {

namespace {

using Indices = std::vector<std::size_t>;

constexpr std::size_t most_bends = 60000;

/// Layers by the longest way from a box that needs nothing; then boxes that have more edges down
/// than up go down to what needs them, which makes edges shorter.
Indices choose_layers(const LayoutRequest& request) {
  const auto count = request.sizes.size();
  std::vector<Indices> above(count);
  std::vector<Indices> below(count);
  for (const auto& [from, to] : request.edges) {
    below[from].push_back(to);
    above[to].push_back(from);
  }
  Indices order;
  Indices missing(count);
  for (std::size_t i = 0; i < count; ++i)
    if ((missing[i] = above[i].size()) == 0) order.push_back(i);
  for (std::size_t done = 0; done < order.size(); ++done)
    for (const auto other : below[order[done]])
      if (--missing[other] == 0) order.push_back(other);

  Indices layer(count);
  for (const auto box : order)
    for (const auto other : below[box]) layer[other] = std::max(layer[other], layer[box] + 1);
  for (auto box = order.rbegin(); box != order.rend(); ++box) {
    if (below[*box].size() <= above[*box].size()) continue;
    std::size_t lowest = layer[below[*box].front()];
    for (const auto other : below[*box]) lowest = std::min(lowest, layer[other]);
    layer[*box] = lowest - 1;
  }
  return layer;
}

/// The graph with a bend wherever an edge passes a layer; `ways` are the vertices of each edge.
LayeredGraph cut_edges(const LayoutRequest& request, const Indices& layer,
                       std::vector<Indices>& ways) {
  LayeredGraph graph{.boxes = request.sizes.size(), .layer_of = layer};
  std::size_t bends = 0;
  for (const auto& [from, to] : request.edges) bends += layer[to] - layer[from] - 1;
  const bool bending = bends <= most_bends;
  const auto vertices = graph.boxes + (bending ? bends : 0);
  graph.above.resize(vertices);
  graph.below.resize(vertices);
  for (const auto& [from, to] : request.edges) {
    Indices way{from};
    if (bending)
      for (auto at = layer[from] + 1; at < layer[to]; ++at) {
        way.push_back(graph.layer_of.size());
        graph.layer_of.push_back(at);
      }
    way.push_back(to);
    if (bending || layer[to] == layer[from] + 1)
      for (std::size_t i = 0; i + 1 < way.size(); ++i) {
        graph.below[way[i]].push_back(way[i + 1]);
        graph.above[way[i + 1]].push_back(way[i]);
      }
    ways.push_back(std::move(way));
  }
  std::size_t count = 0;
  for (const auto each : graph.layer_of) count = std::max(count, each + 1);
  graph.layers.resize(count);
  return graph;
}

/// Top and bottom of each layer.
struct Band {
  double top = 0;
  double bottom = 0;
};

/// Where vertices and layers came to lie.
struct Places {
  std::vector<double> x;  ///< Of each vertex.
  std::vector<Band> bands;
};

std::vector<Band> stack_layers(const LayeredGraph& graph, const LayoutRequest& request,
                               const std::vector<double>& x) {
  std::vector<Band> bands;
  double at = 0;
  for (const auto& layer : graph.layers) {
    double height = 0;
    double farthest = 0;
    for (const auto vertex : layer) {
      if (!graph.is_bend(vertex)) height = std::max(height, request.sizes[vertex].y);
      for (const auto other : graph.below[vertex])
        farthest = std::max(farthest, std::abs(x[vertex] - x[other]));
    }
    bands.push_back({at, at + height});
    at += height + request.gap_below + std::min(120.0, farthest * 0.06);
  }
  return bands;
}

/// Spreads where edges leave or reach a box along the middle of its side, in the order of their
/// other ends, so that they do not all meet in one point. Gives one x for each edge.
std::vector<double> spread_ends(const LayoutRequest& request, const std::vector<Indices>& ways,
                                const std::vector<double>& x, bool leaving) {
  std::vector<Indices> edges_of(request.sizes.size());
  for (std::size_t i = 0; i < ways.size(); ++i)
    edges_of[leaving ? ways[i].front() : ways[i].back()].push_back(i);
  std::vector<double> ends(ways.size());
  constexpr double most_apart = 14;
  for (std::size_t box = 0; box < edges_of.size(); ++box) {
    auto& edges = edges_of[box];
    const auto other_end = [&](std::size_t edge) {
      return x[leaving ? ways[edge][1] : ways[edge][ways[edge].size() - 2]];
    };
    std::stable_sort(edges.begin(), edges.end(),
                     [&](std::size_t a, std::size_t b) { return other_end(a) < other_end(b); });
    const auto gaps = static_cast<double>(edges.size()) - 1;
    const double step =
        edges.size() < 2 ? 0 : std::min(most_apart, request.sizes[box].x * 0.6 / gaps);
    for (std::size_t i = 0; i < edges.size(); ++i)
      ends[edges[i]] = x[box] + (static_cast<double>(i) - gaps / 2) * step;
  }
  return ends;
}

/// The way of each edge, from box to box.
void add_routes(LayeredLayout& layout, const LayoutRequest& request, const LayeredGraph& graph,
                const std::vector<Indices>& ways, const Places& places) {
  const auto& [x, bands] = places;
  const auto starts = spread_ends(request, ways, x, true);
  const auto ends = spread_ends(request, ways, x, false);
  for (std::size_t i = 0; i < ways.size(); ++i) {
    const auto from = ways[i].front();
    const auto to = ways[i].back();
    std::vector<Point> route{{starts[i], layout.centres[from].y + request.sizes[from].y / 2},
                             {starts[i], bands[layout.layers[from]].bottom}};
    for (std::size_t at = 1; at + 1 < ways[i].size(); ++at) {
      const Band& band = bands[graph.layer_of[ways[i][at]]];
      route.push_back({x[ways[i][at]], band.top});
      route.push_back({x[ways[i][at]], band.bottom});
    }
    route.push_back({ends[i], bands[layout.layers[to]].top});
    route.push_back({ends[i], layout.centres[to].y - request.sizes[to].y / 2});
    layout.routes.push_back(std::move(route));
  }
}

/// Lays out boxes that hang together.
LayeredLayout lay_out_part(const LayoutRequest& request) {
  LayeredLayout layout;
  layout.layers = choose_layers(request);
  std::vector<Indices> ways;
  LayeredGraph graph = cut_edges(request, layout.layers, ways);
  layout.crossings = reduce_crossings(graph);
  std::vector<double> widths;
  for (const auto& size : request.sizes) widths.push_back(size.x);
  std::vector<double> x = choose_columns(graph, widths, request.gap_beside);

  double left = 0;
  double right = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double half = i < graph.boxes ? request.sizes[i].x / 2 : 0;
    left = i == 0 ? x[i] - half : std::min(left, x[i] - half);
    right = i == 0 ? x[i] + half : std::max(right, x[i] + half);
  }
  for (auto& each : x) each -= left;
  const Places places{.x = x, .bands = stack_layers(graph, request, x)};
  const auto& bands = places.bands;
  layout.size = {right - left, bands.empty() ? 0 : bands.back().bottom};
  for (std::size_t i = 0; i < graph.boxes; ++i) {
    const Band& band = bands[layout.layers[i]];
    layout.centres.push_back({x[i], (band.top + band.bottom) / 2});
  }
  add_routes(layout, request, graph, ways, places);
  return layout;
}

/// Boxes that hang together, directly or not.
struct Part {
  Indices boxes;
  Indices edges;
};

std::vector<Part> parts_of(const LayoutRequest& request) {
  std::vector<Indices> beside(request.sizes.size());
  for (const auto& [from, to] : request.edges) {
    beside[from].push_back(to);
    beside[to].push_back(from);
  }
  std::vector<Part> parts;
  constexpr auto nowhere = static_cast<std::size_t>(-1);
  Indices part_of(request.sizes.size(), nowhere);
  for (std::size_t first = 0; first < part_of.size(); ++first) {
    if (part_of[first] != nowhere) continue;
    part_of[first] = parts.size();
    Part part{.boxes = {first}};
    for (std::size_t done = 0; done < part.boxes.size(); ++done)
      for (const auto other : beside[part.boxes[done]])
        if (part_of[other] == nowhere) {
          part_of[other] = parts.size();
          part.boxes.push_back(other);
        }
    std::sort(part.boxes.begin(), part.boxes.end());
    parts.push_back(std::move(part));
  }
  for (std::size_t i = 0; i < request.edges.size(); ++i)
    parts[part_of[request.edges[i].first]].edges.push_back(i);
  std::stable_sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
    return a.boxes.size() > b.boxes.size();  // small ones fill the rows below
  });
  return parts;
}

LayeredLayout lay_out_part(const LayoutRequest& request, const Part& part) {
  LayoutRequest own{.gap_beside = request.gap_beside, .gap_below = request.gap_below};
  Indices position(request.sizes.size());
  for (const auto box : part.boxes) {
    position[box] = own.sizes.size();
    own.sizes.push_back(request.sizes[box]);
  }
  for (const auto edge : part.edges)
    own.edges.emplace_back(position[request.edges[edge].first],
                           position[request.edges[edge].second]);
  return lay_out_part(own);
}

/// How wide rows of parts may be, so that all together are about as wide as high.
double width_of_rows(const std::vector<LayeredLayout>& parts, const LayoutRequest& request) {
  double widest = 0;
  double area = 0;
  for (const auto& part : parts) {
    widest = std::max(widest, part.size.x);
    area += (part.size.x + request.gap_beside) * (part.size.y + request.gap_below);
  }
  return std::max(widest, std::sqrt(area) * 1.2);
}

}  // namespace

LayeredLayout lay_out(const LayoutRequest& request) {
  const auto parts = parts_of(request);
  std::vector<LayeredLayout> drawn;
  for (const auto& part : parts) drawn.push_back(lay_out_part(request, part));
  const double row_width = width_of_rows(drawn, request);

  LayeredLayout layout;
  layout.centres.resize(request.sizes.size());
  layout.layers.resize(request.sizes.size());
  layout.routes.resize(request.edges.size());
  Point corner;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (corner.x > 0 && corner.x + drawn[i].size.x > row_width)
      corner = {0, layout.size.y + request.gap_below};
    const auto moved = [&corner](Point point) {
      return Point{point.x + corner.x, point.y + corner.y};
    };
    for (std::size_t k = 0; k < parts[i].boxes.size(); ++k) {
      layout.centres[parts[i].boxes[k]] = moved(drawn[i].centres[k]);
      layout.layers[parts[i].boxes[k]] = drawn[i].layers[k];
    }
    for (std::size_t k = 0; k < parts[i].edges.size(); ++k)
      for (const auto& point : drawn[i].routes[k])
        layout.routes[parts[i].edges[k]].push_back(moved(point));
    const Point end = moved(drawn[i].size);
    layout.size = {std::max(layout.size.x, end.x), std::max(layout.size.y, end.y)};
    layout.crossings += drawn[i].crossings;
    corner.x = end.x + request.gap_beside;
  }
  return layout;
}

}  // namespace mlpipe
