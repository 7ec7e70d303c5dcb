#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/notification.h"
#include "core/run.h"
#include "engine/run_to_repeat.h"
#include "engine/selection.h"
#include "spec/pipeline_overrides.h"

namespace mlpipe {

/// What `mlpipe run`, or a submit, asks for.
struct RunRequest {
  std::filesystem::path spec_file;
  PipelineOverrides overrides;
  std::optional<std::filesystem::path> workspace;  ///< -C, MLPIPE_WORKSPACE
  Selection selection;
  bool everything_local = false;
  int most_steps = 0;  ///< -j; 0: what the compute targets allow.
  bool continue_on_step_failure = false;
  bool keep_directories = false;           ///< Also of steps that were completed.
  bool refetch = false;                    ///< Fetch inputs again that are known.
  bool trace_inputs = false;               ///< Report what steps read and do not declare.
  std::vector<std::string> watched_steps;  ///< The reporter's: refused if there are no such steps.
  std::map<std::string, std::string> tags;
  std::vector<Notification> notifications;  ///< Besides those of the pipeline.
  std::string command_line;                 ///< For the record.
  /// What is run in the place of the file; `overrides` and `selection` are complete then.
  std::shared_ptr<const RecordedPipeline> recorded;
  /// The run that was promised: it goes on in its row. Its id is empty if there is none.
  RunKey queued_run;
  std::string queued_run_id;
};

}  // namespace mlpipe
