#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/manifest.h"
#include "core/run.h"
#include "engine/readable_tree.h"
#include "engine/value_changes.h"
#include "history/history.h"

namespace mlpipe {

/// Where explanations look things up.
struct Evidence {
  History* history = nullptr;  ///< Null where there is none yet.
  /// The tree with this hash, if it can still be read.
  std::function<std::optional<ReadableTree>(const Hash&)> find_tree;
  /// The text with this hash: an interpreter's identity; "" if nobody has it.
  std::function<std::string(const Hash&)> find_text;
  /// Where a data input of the step comes from: "step 'prep'", a file's path; "" if there is none.
  std::function<std::string(const std::string&)> origin_of;
};

/// "reused from run k3f… (12 min ago)", with the step's name there if it was another.
[[nodiscard]] std::string reused_reason(const ResultRecord& result, std::string_view step);

/// Why nothing recorded fits: what differs from the last time this step of this pipeline was
/// completed, one line each, and how it failed since then; or that it was never completed.
[[nodiscard]] std::string miss_reason(std::string_view pipeline, std::string_view step,
                                      const Manifest& now, const Evidence& evidence);

/// What differs between two manifests, down to the file where both trees can still be read and
/// down to the distribution where the history still has both lists. One text a change.
[[nodiscard]] std::vector<std::string> explain_changes(const Manifest& before, const Manifest& now,
                                                       const Evidence& evidence);

/// A file that differs between two trees.
struct FileDifference {
  std::string path;              ///< In both trees; raw bytes.
  std::string what;              ///< "changed (line 12)", "is new", "is gone" …
  std::filesystem::path before;  ///< Where it can be read; empty if it is new.
  std::filesystem::path now;     ///< Empty if it is gone.
};

/// Changed and new files by their path, then those that are gone.
[[nodiscard]] std::vector<FileDifference> file_differences(const ReadableTree& before,
                                                           const ReadableTree& now);

/// What differs between two interpreters' lists of packages; a path is a package's name.
[[nodiscard]] std::vector<ValueChange> package_changes(const std::string& before,
                                                       const std::string& now);

/// The files that differ between two trees in words: "train.py changed (line 12)", "x.py is new",
/// "y.py is gone". `limit` at most; then "and 7 more".
[[nodiscard]] std::vector<std::string> tree_changes(const ReadableTree& before,
                                                    const ReadableTree& now, std::size_t limit);

}  // namespace mlpipe
