#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "core/pipeline.h"
#include "core/run.h"
#include "view/run_details.h"

namespace mlpipe {

/// A step as a drawing shows it.
struct DrawnStep {
  std::string name;
  std::string subtitle;          ///< Its script, or the beginning of its command, on one line.
  std::optional<Status> status;  ///< Unset: nothing is to be said about it.
  bool reused = false;
  std::optional<Duration> duration;  ///< Of its last attempt; unset if it did not run.
};

/// All that one step needs of another.
struct DrawnEdge {
  struct Data {
    std::string output;
    std::string input;
  };

  std::size_t from = 0;    ///< A position in `steps`.
  std::size_t to = 0;      ///< A position in `steps`.
  std::vector<Data> data;  ///< Empty: order alone (`depends_on`), drawn dashed.

  [[nodiscard]] bool dashed() const { return data.empty(); }
  /// "model → model, table → data", or "depends_on".
  [[nodiscard]] std::string label() const;
};

/// The steps of a pipeline and what goes from one to another, to be drawn: plain data, without
/// cycles, at most one edge between two steps, in the order of the pipeline file.
struct StepGraph {
  std::string title;  ///< The pipeline's name, of a recorded run with its id.
  std::vector<DrawnStep> steps;
  std::vector<DrawnEdge> edges;
};

/// The graph of a pipeline file, without statuses.
[[nodiscard]] StepGraph step_graph_of(const Pipeline& pipeline);

/// The graph of a recorded run, with what became of its steps; edges are those of the file as it
/// was then. Throws Error(system) if the record cannot be read, or has steps that need themselves.
[[nodiscard]] StepGraph step_graph_of(const RunDetails& details);

/// Say at each step what became of it in a run. Gives the names of the run's steps that the graph
/// does not have; steps that the run does not have stay as they are.
std::vector<std::string> mark_with(StepGraph& graph, const RunDetails& details);

/// "Completed", "Reused", … "" if there is no status; with the duration where that says something.
[[nodiscard]] std::string status_words(const DrawnStep& step);

/// Positions of the steps that each step needs: one list a step.
[[nodiscard]] std::vector<std::vector<std::size_t>> needs_of(const StepGraph& graph);

}  // namespace mlpipe
