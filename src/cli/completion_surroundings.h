#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "cli/completion_line.h"
#include "core/workspace.h"
#include "engine/state_directory.h"
#include "history/history_names.h"
#include "spec/pipeline_outline.h"

namespace mlpipe {

/// What a command line that is being written is about: its workspace, its pipeline.
class CompletionSurroundings {
 public:
  /// `line` outlives this object.
  explicit CompletionSurroundings(const CompletionLine& line) : line_(line) {}

  /// The pipeline file that was named before, if it is there.
  [[nodiscard]] std::optional<std::filesystem::path> spec_file() const;
  [[nodiscard]] Workspace workspace() const;
  /// Null if nothing was ever run.
  [[nodiscard]] HistoryNames* history();
  /// Of the workspace; only after history() found one.
  [[nodiscard]] const StateDirectory& state() const { return state_; }

  /// Of the pipeline file, or else of the version of an endpoint that was named before; with the
  /// default.
  [[nodiscard]] std::vector<OutlinedName> parameters();
  /// Data inputs, likewise, with the path.
  [[nodiscard]] std::vector<OutlinedName> inputs();

 private:
  using Names = std::vector<OutlinedName>;

  /// What `read` finds in the pipeline; what was given when it was published wins.
  [[nodiscard]] Names names(Names (PipelineOutline::*read)() const);

  const CompletionLine& line_;
  StateDirectory state_;
  std::optional<HistoryNames> names_;
};

}  // namespace mlpipe
