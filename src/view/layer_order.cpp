#include "view/layer_order.h"

#include <algorithm>

namespace mlpipe {

namespace {

using Vertices = std::vector<std::size_t>;

/// Where each vertex stands in its layer.
Vertices positions(const LayeredGraph& graph) {
  Vertices position(graph.layer_of.size());
  for (const auto& layer : graph.layers)
    for (std::size_t i = 0; i < layer.size(); ++i) position[layer[i]] = i;
  return position;
}

/// Counts how many numbers of those added are above a number (a Fenwick tree).
class Tally {
 public:
  explicit Tally(std::size_t size) : sums_(size + 1) {}

  void add(std::size_t number) {
    ++total_;
    for (auto i = number + 1; i < sums_.size(); i += i & (~i + 1)) ++sums_[i];
  }
  [[nodiscard]] std::size_t above(std::size_t number) const {
    std::size_t up_to = 0;
    for (auto i = number + 1; i > 0; i -= i & (~i + 1)) up_to += sums_[i];
    return total_ - up_to;
  }

 private:
  Vertices sums_;
  std::size_t total_ = 0;
};

std::size_t count_crossings(const LayeredGraph& graph, const Vertices& position) {
  std::size_t crossings = 0;
  Vertices ends;
  for (std::size_t i = 0; i + 1 < graph.layers.size(); ++i) {
    Tally tally(graph.layers[i + 1].size());
    for (const auto vertex : graph.layers[i]) {
      ends.clear();
      for (const auto other : graph.below[vertex]) ends.push_back(position[other]);
      for (const auto end : ends) crossings += tally.above(end);
      for (const auto end : ends) tally.add(end);
    }
  }
  return crossings;
}

/// Layers in the order of a walk along the edges: what belongs together begins side by side.
void order_by_walk(LayeredGraph& graph, bool downwards) {
  const auto count = graph.layer_of.size();
  const auto& next = downwards ? graph.below : graph.above;
  const auto& before = downwards ? graph.above : graph.below;
  for (auto& layer : graph.layers) layer.clear();
  std::vector<bool> seen(count);
  Vertices open;
  for (std::size_t root = 0; root < count; ++root) {
    if (!before[root].empty()) continue;
    open.push_back(root);
    while (!open.empty()) {
      const auto vertex = open.back();
      open.pop_back();
      if (seen[vertex]) continue;
      seen[vertex] = true;
      graph.layers[graph.layer_of[vertex]].push_back(vertex);
      open.insert(open.end(), next[vertex].rbegin(), next[vertex].rend());
    }
  }
}

/// Puts the vertices of a layer in the order of the mean position of their neighbours; those
/// without neighbours keep their places.
void sort_by_barycentre(Vertices& layer, const std::vector<Vertices>& neighbours,
                        Vertices& position, bool ties_reversed) {
  struct Wish {
    double mean = 0;
    std::size_t vertex = 0;
  };
  std::vector<Wish> wishes;
  for (const auto vertex : layer) {
    if (neighbours[vertex].empty()) continue;
    double sum = 0;
    for (const auto other : neighbours[vertex]) sum += static_cast<double>(position[other]);
    wishes.push_back({sum / static_cast<double>(neighbours[vertex].size()), vertex});
  }
  if (ties_reversed) std::reverse(wishes.begin(), wishes.end());
  std::stable_sort(wishes.begin(), wishes.end(),
                   [](const Wish& a, const Wish& b) { return a.mean < b.mean; });
  auto wish = wishes.begin();
  for (auto& vertex : layer)
    if (!neighbours[vertex].empty()) vertex = (wish++)->vertex;
  for (std::size_t i = 0; i < layer.size(); ++i) position[layer[i]] = i;
}

/// How many edges of two vertices cross if `left` stands left of the other: pairs in wrong order.
std::size_t crossings_of(const Vertices& left, const Vertices& right) {
  std::size_t crossings = 0;
  std::size_t smaller = 0;
  for (const auto end : left) {
    while (smaller < right.size() && right[smaller] < end) ++smaller;
    crossings += smaller;
  }
  return crossings;
}

/// Exchanges neighbours in one layer as long as that takes crossings away; whether any did.
bool exchange_in(LayeredGraph& graph, Vertices& layer, Vertices& position) {
  struct Ends {
    Vertices above;
    Vertices below;
  };
  std::vector<Ends> ends(layer.size());
  for (std::size_t i = 0; i < layer.size(); ++i) {
    for (const auto other : graph.above[layer[i]]) ends[i].above.push_back(position[other]);
    for (const auto other : graph.below[layer[i]]) ends[i].below.push_back(position[other]);
    std::sort(ends[i].above.begin(), ends[i].above.end());
    std::sort(ends[i].below.begin(), ends[i].below.end());
  }
  const auto crossings = [](const Ends& left, const Ends& right) {
    return crossings_of(left.above, right.above) + crossings_of(left.below, right.below);
  };
  bool any = false;
  constexpr int most_passes = 8;
  for (int pass = 0; pass < most_passes; ++pass) {
    bool changed = false;
    for (std::size_t i = 0; i + 1 < layer.size(); ++i) {
      if (crossings(ends[i + 1], ends[i]) >= crossings(ends[i], ends[i + 1])) continue;
      std::swap(layer[i], layer[i + 1]);
      std::swap(ends[i], ends[i + 1]);
      changed = true;
    }
    if (!changed) break;
    any = true;
  }
  for (std::size_t i = 0; i < layer.size(); ++i) position[layer[i]] = i;
  return any;
}

/// One sweep through all layers, then exchanges.
void sweep(LayeredGraph& graph, Vertices& position, int number) {
  const bool downwards = number % 2 == 0;
  const bool ties_reversed = number % 4 >= 2;
  const auto count = graph.layers.size();
  for (std::size_t i = 0; i < count; ++i) {
    auto& layer = graph.layers[downwards ? i : count - 1 - i];
    sort_by_barycentre(layer, downwards ? graph.above : graph.below, position, ties_reversed);
  }
  constexpr int most_rounds = 4;
  for (int round = 0; round < most_rounds; ++round) {
    bool any = false;
    for (auto& layer : graph.layers) any = exchange_in(graph, layer, position) || any;
    if (!any) break;
  }
}

}  // namespace

std::size_t count_crossings(const LayeredGraph& graph) {
  return count_crossings(graph, positions(graph));
}

std::size_t reduce_crossings(LayeredGraph& graph) {
  constexpr int most_sweeps = 24;
  constexpr int most_in_vain = 6;
  constexpr std::size_t large = 5000;  // vertices: here fewer sweeps have to do
  const int sweeps = graph.layer_of.size() > large ? 6 : most_sweeps;
  std::vector<Vertices> best;
  std::size_t fewest = 0;
  for (const bool downwards : {true, false}) {
    order_by_walk(graph, downwards);
    auto position = positions(graph);
    auto crossings = count_crossings(graph, position);
    if (best.empty() || crossings < fewest) {
      best = graph.layers;
      fewest = crossings;
    }
    int in_vain = 0;
    for (int number = 0; number < sweeps && in_vain < most_in_vain && fewest > 0; ++number) {
      sweep(graph, position, number);
      crossings = count_crossings(graph, position);
      ++in_vain;
      if (crossings >= fewest) continue;
      best = graph.layers;
      fewest = crossings;
      in_vain = 0;
    }
  }
  graph.layers = std::move(best);
  return fewest;
}

}  // namespace mlpipe
