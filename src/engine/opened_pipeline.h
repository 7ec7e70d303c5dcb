#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "core/graph.h"
#include "core/workspace.h"
#include "engine/compute.h"
#include "engine/registered_assets.h"
#include "engine/run_to_repeat.h"
#include "engine/selection.h"
#include "engine/step_environment.h"
#include "spec/read_pipeline.h"

namespace mlpipe {

/// What a command that looks at a pipeline file starts from: read, checked and resolved against its
/// workspace. Nothing is created. Does not move: parts refer to each other.
struct OpenedPipeline {
  struct Request {
    std::filesystem::path spec_file;
    PipelineOverrides overrides;
    std::optional<std::filesystem::path> workspace;
    bool everything_local = false;
    /// The file is not read from the disk, but from this record; shared with it.
    std::shared_ptr<const RecordedPipeline> recorded;
    /// It is not run: what has no value yet is marked as required.
    bool may_lack_values = false;
    /// It may be remembered under this key (engine/compiled_pipeline.h).
    std::optional<Hash> key;
  };

  explicit OpenedPipeline(const Request& request);
  OpenedPipeline(const OpenedPipeline&) = delete;
  OpenedPipeline& operator=(const OpenedPipeline&) = delete;

  std::shared_ptr<const RecordedPipeline> recorded;  ///< As requested.
  Workspace workspace;
  RegisteredAssets assets;    ///< What the file may name; holds it against gc.
  bool was_compiled = false;  ///< The pipeline was not read, but remembered.
  Pipeline pipeline;
  Places places;
  Graph graph;
  Variables caller;

  /// Warnings and notices of all parts, for the reporter.
  [[nodiscard]] std::vector<std::string> notices() const;

 private:
  Pipeline remember_or_read(const Request& request);
};

/// The workspace of a command that has no pipeline file: of the current directory, or
/// `explicit_root`.
[[nodiscard]] Workspace open_workspace(const std::optional<std::filesystem::path>& explicit_root,
                                       const std::filesystem::path& start);

}  // namespace mlpipe
