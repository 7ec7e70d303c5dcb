#include "view/graph_lines.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <tuple>

namespace mlpipe {

namespace {

using Indices = std::vector<std::size_t>;

/// One column for what is between steps: all edges out of one step, or all into one, that were
/// given to it.
struct Lane {
  std::size_t edges_left = 0;  ///< That have not left it (or, into one step, not come in).
  bool dashed = false;
  std::optional<std::size_t> column;  ///< Set while it is open.
};

/// Which lane each edge takes; a lane's number says whose it is.
class Lanes {
 public:
  explicit Lanes(const StepGraph& graph)
      : lanes_(graph.steps.size() * 4), into(graph.steps.size()), out_of(graph.steps.size()) {
    Indices out(graph.steps.size() * 2);
    Indices in(graph.steps.size() * 2);
    for (const auto& edge : graph.edges) {
      ++out[edge.from * 2 + edge.dashed()];
      ++in[edge.to * 2 + edge.dashed()];
    }
    for (const auto& edge : graph.edges) {
      // The larger of the two stars gets the edge: it saves more lanes.
      const bool from_one = out[edge.from * 2 + edge.dashed()] >= in[edge.to * 2 + edge.dashed()];
      const auto lane = (from_one ? edge.from : edge.to) * 4 + (from_one ? 0 : 2) + edge.dashed();
      lanes_[lane].dashed = edge.dashed();
      ++lanes_[lane].edges_left;
      into[edge.to].push_back(lane);
      out_of[edge.from].push_back(lane);
    }
    for (auto* lists : {&into, &out_of})
      for (auto& list : *lists) {
        std::sort(list.begin(), list.end());
        list.erase(std::unique(list.begin(), list.end()), list.end());
      }
  }

  [[nodiscard]] static bool is_out_of_one(std::size_t lane) { return lane % 4 < 2; }
  [[nodiscard]] Lane& operator[](std::size_t lane) { return lanes_[lane]; }
  /// Whether a lane ends at the next step that is fed from it.
  [[nodiscard]] bool ends_next(std::size_t lane) const {
    return !is_out_of_one(lane) || lanes_[lane].edges_left == 1;
  }
  [[nodiscard]] bool is_open(std::size_t lane) const { return lanes_[lane].column.has_value(); }

 private:
  std::vector<Lane> lanes_;

 public:
  std::vector<Indices> into;    ///< Lanes that feed each step.
  std::vector<Indices> out_of;  ///< Lanes that each step feeds.
};

/// The signs a drawing is made of.
class Signs {
 public:
  explicit Signs(bool unicode) : unicode_(unicode) {}

  [[nodiscard]] const char* mark() const { return unicode_ ? "●" : "*"; }
  [[nodiscard]] const char* upright(bool dashed) const {
    if (unicode_) return dashed ? "┊" : "│";
    return dashed ? ":" : "|";
  }
  [[nodiscard]] const char* level(bool dashed) const {
    if (unicode_) return dashed ? "┄" : "─";
    return dashed ? "." : "-";
  }
  /// Where a level line meets a lane, from the sides on which there are lines.
  [[nodiscard]] const char* joint(bool up, bool down, bool left, bool right) const {
    if (!unicode_) return up && down ? "+" : down ? "." : right && !left ? "`" : "'";
    constexpr std::array with_up_and_down{"│", "├", "┤", "┼"};
    constexpr std::array with_up{"╵", "╰", "╯", "┴"};
    constexpr std::array with_down{"╷", "╭", "╮", "┬"};
    const auto sides = static_cast<std::size_t>(left) * 2 + static_cast<std::size_t>(right);
    return up && down ? with_up_and_down.at(sides) : up ? with_up.at(sides) : with_down.at(sides);
  }

 private:
  bool unicode_;
};

/// What one line has to join.
struct Joint {
  std::size_t lane = 0;
  bool up = false;    ///< The lane comes from the line above …
  bool down = false;  ///< … and goes on to the line below.
};

class LineDrawing {
 public:
  LineDrawing(const StepGraph& graph, bool unicode)
      : lanes_(graph),
        signs_(unicode),
        needs_left_(graph.steps.size()),
        dependents_(graph.steps.size()),
        newest_need_(graph.steps.size()) {
    for (const auto& edge : graph.edges) {
      ++needs_left_[edge.to];
      dependents_[edge.from].push_back(edge.to);
    }
  }

  std::vector<GraphLine> lines() {
    Indices ready;
    for (std::size_t i = 0; i < needs_left_.size(); ++i)
      if (needs_left_[i] == 0) ready.push_back(i);
    for (std::size_t drawn = 1; !ready.empty(); ++drawn) {
      const auto best = std::max_element(ready.begin(), ready.end(),
                                         [&](auto a, auto b) { return merit(a) < merit(b); });
      const auto step = *best;
      ready.erase(best);
      draw(step);
      for (const auto other : dependents_[step]) {
        newest_need_[other] = drawn;
        if (--needs_left_[other] == 0) ready.push_back(other);
      }
    }
    return std::move(lines_);
  }

 private:
  /// Which of the steps that may come next should: what closes lanes; then what goes on from the
  /// newest step; then the first in the file.
  [[nodiscard]] std::tuple<std::int64_t, std::size_t, std::int64_t> merit(std::size_t step) const {
    std::int64_t closed = 0;
    for (const auto lane : lanes_.into[step]) closed += lanes_.ends_next(lane) ? 1 : 0;
    for (const auto lane : lanes_.out_of[step]) closed -= lanes_.is_open(lane) ? 0 : 1;
    return {closed, newest_need_[step], -static_cast<std::int64_t>(step)};
  }

  void draw(std::size_t step) {
    std::vector<Joint> fed_from;
    std::optional<std::size_t> column;
    for (const auto lane : lanes_.into[step]) {
      const bool ends = lanes_.ends_next(lane);
      fed_from.push_back({.lane = lane, .up = true, .down = !ends});
      const auto place = *lanes_[lane].column;
      if (ends && (!column || place < *column)) column = place;
    }
    if (fed_from.empty() && bare_ && !any_open()) {
      lines_.emplace_back();  // what follows has nothing to do with what stands above
      bare_.reset();
    }
    if (!column) column = free_column(fed_from.empty() ? 0 : *lanes_[fed_from.front().lane].column);
    add_line(*column, fed_from, signs_.mark(), step);
    for (const auto& joint : fed_from) {
      Lane& lane = lanes_[joint.lane];
      if (joint.down) {
        --lane.edges_left;
      } else {
        columns_[*lane.column].reset();
        lane.column.reset();
      }
    }
    feed(step, *column);
  }

  /// Opens and joins the lanes that a step feeds. One that begins here goes straight down.
  void feed(std::size_t step, std::size_t column) {
    std::vector<Joint> joints;
    bool straight = false;
    for (const auto lane : lanes_.out_of[step]) {
      const bool was_open = lanes_.is_open(lane);
      if (!was_open) {
        open(lane, straight ? free_column(column) : column);
        if (!straight) {
          straight = true;
          continue;
        }
      }
      joints.push_back({.lane = lane, .up = was_open, .down = true});
    }
    bare_ = joints.empty() && !straight ? std::optional(column) : std::nullopt;
    if (joints.empty()) return;
    add_line(column, joints,
             signs_.joint(true, straight, leftmost(joints) < column, rightmost(joints) > column),
             std::nullopt);
  }

  void open(std::size_t lane, std::size_t column) {
    if (columns_.size() <= column) columns_.resize(column + 1);
    columns_[column] = lane;
    lanes_[lane].column = column;
  }

  [[nodiscard]] bool any_open() const {
    return std::any_of(columns_.begin(), columns_.end(),
                       [](const auto& lane) { return lane.has_value(); });
  }
  [[nodiscard]] bool is_free(std::size_t column) const {
    return column != bare_ && (column >= columns_.size() || !columns_[column]);
  }
  /// The free column nearest to another one, rather right of it than left.
  [[nodiscard]] std::size_t free_column(std::size_t beside) const {
    std::size_t right = beside;
    while (!is_free(right)) ++right;
    for (std::size_t left = beside; left-- > 0 && beside - left < right - beside;)
      if (is_free(left)) return left;
    return right;
  }

  [[nodiscard]] std::size_t leftmost(const std::vector<Joint>& joints) {
    std::size_t least = SIZE_MAX;
    for (const auto& joint : joints) least = std::min(least, *lanes_[joint.lane].column);
    return least;
  }
  [[nodiscard]] std::size_t rightmost(const std::vector<Joint>& joints) {
    std::size_t most = 0;
    for (const auto& joint : joints) most = std::max(most, *lanes_[joint.lane].column);
    return most;
  }

  /// A line with `sign` in one column and joints to lanes in others.
  void add_line(std::size_t column, const std::vector<Joint>& joints, const char* sign,
                std::optional<std::size_t> step) {
    const auto begin = std::min(column, leftmost(joints));
    const auto end = std::max(column, rightmost(joints));
    const bool dashed = std::all_of(joints.begin(), joints.end(), [this](const Joint& joint) {
      return lanes_[joint.lane].dashed;
    });
    std::vector<std::string> cells(std::max(end + 1, columns_.size()), " ");
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (i < columns_.size() && columns_[i])
        cells[i] = signs_.upright(lanes_[*columns_[i]].dashed);
      else if (i >= begin && i < end)
        cells[i] = signs_.level(dashed);
    for (const auto& joint : joints) {
      const auto at = *lanes_[joint.lane].column;
      cells[at] = signs_.joint(joint.up, joint.down, at > begin, at < end);
    }
    cells[column] = sign;
    GraphLine line{.lanes = {}, .step = step};
    for (std::size_t i = 0; i < cells.size(); ++i) {
      line.lanes += cells[i];
      line.lanes += i >= begin && i < end ? signs_.level(dashed) : " ";
    }
    line.lanes.erase(line.lanes.find_last_not_of(' ') + 1);
    lines_.push_back(std::move(line));
  }

  Lanes lanes_;
  Signs signs_;
  Indices needs_left_;
  std::vector<Indices> dependents_;
  Indices newest_need_;  ///< When the last of a step's needs was drawn; 0: it has none.
  std::vector<std::optional<std::size_t>> columns_;  ///< The lane in each.
  /// The column of a mark in the line above from which no lane goes on: a mark right below it would
  /// look as if it were fed from there.
  std::optional<std::size_t> bare_;
  std::vector<GraphLine> lines_;
};

}  // namespace

std::vector<GraphLine> graph_lines(const StepGraph& graph, bool unicode) {
  return LineDrawing(graph, unicode).lines();
}

}  // namespace mlpipe
