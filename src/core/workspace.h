#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/pipeline.h"

namespace mlpipe {

/// How to log in to a compute target of type `ssh`. What is empty or 0 is left to ssh and its
/// settings.
struct SshLogin {
  std::string host;
  std::string user;
  int port = 0;
  std::filesystem::path identity_file;
  SpecLocation identity_location;
  std::filesystem::path ssh_config;
  std::string root = "~/.cache/mlpipe";  ///< Over there.
  std::filesystem::path helper;          ///< Empty: the one that belongs to this mlpipe.
  std::string python;  ///< Over there, for environments that name none; empty: the one on PATH.
  SpecLocation python_location;
  bool fetches_all = false;  ///< Outputs come here at once, not only when they are needed.
  /// For so long a lost connection is tried again.
  std::chrono::milliseconds reconnect_timeout{std::chrono::minutes(10)};
  /// A job over there ends once nobody has watched it for so long (semantics.md 4).
  std::chrono::milliseconds orphan_timeout{std::chrono::hours(7 * 24)};
};

/// One entry under `compute_targets:` of the workspace file.
struct ComputeTargetConfig {
  std::string name;  ///< "*" stands for every name that has no entry of its own.
  std::string type = "local";
  std::optional<int> max_concurrent_steps;
  std::optional<int> cpus;
  std::optional<std::uint64_t> memory_bytes;
  std::optional<std::vector<int>> gpus;  ///< Device numbers.
  std::optional<SshLogin> ssh;           ///< Of a target of type `ssh`.
  SpecLocation location;
};

/// One entry under `environments:`.
struct EnvironmentConfig {
  std::string name;  ///< "*" stands for every name that has no entry of its own.
  std::string type = "system";
  std::string python;  ///< Absolute path of the interpreter; empty: the one on PATH.
  SpecLocation location;
};

/// What `mlpipe.yaml` says, or the defaults without one.
struct Workspace {
  std::filesystem::path root;                 ///< Absolute.
  std::filesystem::path state_directory;      ///< Absolute; `<root>/.mlpipe` unless configured.
  std::optional<std::filesystem::path> file;  ///< The workspace file, if there is one.
  std::vector<ComputeTargetConfig> compute_targets;
  std::vector<EnvironmentConfig> environments;
  /// Folders, absolute, by name. `default`, `workspaceblobstore` and `workspacefilestore` are
  /// always there.
  std::map<std::string, std::filesystem::path> datastores;
  Isolation isolation = Isolation::none;   ///< Of steps that do not say.
  std::optional<int> max_concurrent_runs;  ///< Of the queue (most_runs_at_a_time()).
  bool record_git_diff = true;             ///< `git_diff: false` switches the recorded diff off.
  std::vector<std::string> warnings;
};

}  // namespace mlpipe
