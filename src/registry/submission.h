#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlpipe {

/// What a submit asks for: a version of an endpoint, a pipeline file or a run, with the caller's
/// values.
struct Submission {
  std::string endpoint;             ///< Its name; empty: `spec_file`.
  std::string version;              ///< As the caller gave it; empty: the default.
  std::filesystem::path spec_file;  ///< Absolute; read when the run begins. Empty: `from_run`.
  std::string from_run;             ///< The id of a run that is done again as it was.
  std::vector<std::pair<std::string, std::string>> parameters;
  std::vector<std::pair<std::string, std::filesystem::path>> inputs;  ///< Absolute, or addresses.
  std::vector<std::pair<std::string, std::string>> settings;          ///< As `--set` has them.
  std::optional<std::string> experiment;
  std::map<std::string, std::string> tags;
  std::optional<std::string> compute_target;
  bool everything_local = false;
  bool continue_on_step_failure = false;
  bool regenerate_outputs = false;

  bool operator==(const Submission&) const = default;
};

/// Canonical JSON, the same for equal ones; decode gives nothing for anything else. encode() throws
/// Error(usage) where something is not UTF-8.
[[nodiscard]] std::string encode(const Submission& submission);
[[nodiscard]] std::optional<Submission> decode_submission(std::string_view text);

}  // namespace mlpipe
