#include "view/layer_columns.h"

#include <algorithm>

namespace mlpipe {

namespace {

using Indices = std::vector<std::size_t>;

/// Chooses x for every vertex: near its neighbours, in the layer's order, with room between.
class Columns {
 public:
  Columns(const LayeredGraph& graph, const std::vector<double>& widths, double gap)
      : graph_(graph), widths_(widths), gap_(gap), x_(graph.layer_of.size()) {
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
    return graph_.is_bend(vertex) ? 0 : widths_[vertex];
  }
  /// The least distance between the centres of two neighbours.
  [[nodiscard]] double apart(std::size_t left, std::size_t right) const {
    const bool both_bend = graph_.is_bend(left) && graph_.is_bend(right);
    return (width(left) + width(right)) / 2 + gap_ * (both_bend ? 0.6 : 1);
  }
  /// Long edges are kept straight before boxes are kept in the middle.
  [[nodiscard]] double weight_of(std::size_t vertex, std::size_t neighbour) const {
    if (!graph_.is_bend(vertex)) return 1;
    return graph_.is_bend(neighbour) ? 8 : 2;
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
      const double weight = near.empty() ? 0.2 : weight_of(layer[i], near.front());
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
  const std::vector<double>& widths_;
  double gap_;
  std::vector<double> x_;
};

}  // namespace

std::vector<double> choose_columns(const LayeredGraph& graph, const std::vector<double>& widths,
                                   double gap) {
  return Columns(graph, widths, gap).chosen();
}

}  // namespace mlpipe
