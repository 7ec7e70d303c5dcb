#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/reporter.h"
#include "engine/selection.h"
#include "spec/read_pipeline.h"

namespace mlpipe {

/// What `mlpipe run` (and later a submit) asks for.
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
  std::string command_line;  ///< For the record.
};

/// How long the parts of a run took, for `--stats`.
struct RunStats {
  Duration reading{};
  Duration fetching{};  ///< Inputs, before the run.
  Duration planning{};
  Duration executing{};
  Duration git{};  ///< What was waited for at the end; the asking itself goes on beside the rest.
};

struct RunResult {
  RunSummary summary;
  bool system_failed = false;
  int signal = 0;  ///< What cancelled it, or 0.
  RunStats stats;
};

/// One run from the file to the record. Cancelled while inputs are fetched, there is no run, just
/// the signal. Throws Error before anything is recorded if the file is
/// wrong or the workspace cannot be used.
[[nodiscard]] RunResult run_pipeline(const RunRequest& request, Reporter& reporter);

}  // namespace mlpipe
