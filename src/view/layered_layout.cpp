#include "view/layered_layout.h"

#include <algorithm>
#include <cmath>

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

/// Chooses x for every vertex: near its neighbours, in the layer's order, with room between.
class Columns {
 public:
  Columns(const LayeredGraph& graph, const LayoutRequest& request)
      : graph_(graph), request_(request), x_(graph.layer_of.size()) {
    for (const auto& layer : graph.layers) {
      double at = 0;
      for (std::size_t i = 0; i < layer.size(); ++i) {
        if (i > 0) at += apart(layer[i - 1], layer[i]);
        x_[layer[i]] = at;
      }
    }
  }

  /// The mean of what comes out looking up and looking down: both keep long edges straight.
  std::vector<double> chosen() {
    const auto count = graph_.layers.size();
    std::vector<double> looking_up;
    constexpr int rounds = 8;
    for (int round = 0; round < rounds; ++round) {
      for (std::size_t i = 0; i < count; ++i) place(graph_.layers[i], graph_.above);
      looking_up = x_;
      for (std::size_t i = count; i-- > 0;) place(graph_.layers[i], graph_.below);
    }
    for (std::size_t i = 0; i < x_.size(); ++i) x_[i] = (x_[i] + looking_up[i]) / 2;
    return x_;
  }

 private:
  /// Vertices that touch and move together.
  struct Block {
    double sum = 0;  ///< Of wishes times weights.
    double weight = 0;
    std::size_t vertices = 0;

    [[nodiscard]] double mean() const { return sum / weight; }
  };

  [[nodiscard]] double width(std::size_t vertex) const {
    return graph_.is_bend(vertex) ? 0 : request_.sizes[vertex].x;
  }
  /// The least distance between the centres of two neighbours.
  [[nodiscard]] double apart(std::size_t left, std::size_t right) const {
    const bool both_bend = graph_.is_bend(left) && graph_.is_bend(right);
    return (width(left) + width(right)) / 2 + request_.gap_beside * (both_bend ? 0.6 : 1);
  }
  [[nodiscard]] double median(const Indices& neighbours) const {
    std::vector<double> places;
    for (const auto other : neighbours) places.push_back(x_[other]);
    std::sort(places.begin(), places.end());
    const auto half = places.size() / 2;
    return places.size() % 2 == 1 ? places[half] : (places[half - 1] + places[half]) / 2;
  }

  /// The places nearest to the wishes (least squares) that keep the order and the distances:
  /// neighbours whose wishes collide are pooled.
  void place(const Indices& layer, const std::vector<Indices>& neighbours) {
    std::vector<Block> blocks;
    std::vector<double> offsets;
    double offset = 0;
    for (std::size_t i = 0; i < layer.size(); ++i) {
      if (i > 0) offset += apart(layer[i - 1], layer[i]);
      offsets.push_back(offset);
      const auto& near = neighbours[layer[i]];
      const double wish = near.empty() ? x_[layer[i]] : median(near);
      const double weight = near.empty() ? 0.2 : graph_.is_bend(layer[i]) ? 4 : 1;
      blocks.push_back({(wish - offset) * weight, weight, 1});
      while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() > blocks.back().mean()) {
        const Block last = blocks.back();
        blocks.pop_back();
        blocks.back().sum += last.sum;
        blocks.back().weight += last.weight;
        blocks.back().vertices += last.vertices;
      }
    }
    std::size_t i = 0;
    for (const auto& block : blocks)
      for (const auto end = i + block.vertices; i < end; ++i)
        x_[layer[i]] = block.mean() + offsets[i];
  }

  const LayeredGraph& graph_;
  const LayoutRequest& request_;
  std::vector<double> x_;
};

/// Top and bottom of each layer.
struct Band {
  double top = 0;
  double bottom = 0;
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

}  // namespace

LayeredLayout lay_out(const LayoutRequest& request) {
  LayeredLayout layout;
  layout.layers = choose_layers(request);
  std::vector<Indices> ways;
  LayeredGraph graph = cut_edges(request, layout.layers, ways);
  layout.crossings = reduce_crossings(graph);
  std::vector<double> x = Columns(graph, request).chosen();

  double left = 0;
  double right = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double half = i < graph.boxes ? request.sizes[i].x / 2 : 0;
    left = i == 0 ? x[i] - half : std::min(left, x[i] - half);
    right = i == 0 ? x[i] + half : std::max(right, x[i] + half);
  }
  for (auto& each : x) each -= left;
  const auto bands = stack_layers(graph, request, x);
  layout.size = {right - left, bands.empty() ? 0 : bands.back().bottom};
  for (std::size_t i = 0; i < graph.boxes; ++i) {
    const Band& band = bands[layout.layers[i]];
    layout.centres.push_back({x[i], (band.top + band.bottom) / 2});
  }

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
  return layout;
}

}  // namespace mlpipe
