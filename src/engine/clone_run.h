#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/run_to_repeat.h"
#include "store/object_store.h"

namespace mlpipe {

/// What clone_run() has written.
struct ClonedRun {
  std::filesystem::path folder;  ///< Absolute.
  std::filesystem::path file;    ///< The pipeline file in it.
  std::size_t files = 0;         ///< Of the pipeline and the code.
  /// Links to data that the pipeline names by a relative path, and where they lead.
  std::vector<std::pair<std::filesystem::path, std::filesystem::path>> links;
  /// What two steps ran with in two versions: the one of the first is there.
  std::vector<std::filesystem::path> conflicts;
  /// Data that are elsewhere and have no link: a relative path to them leads astray.
  std::vector<std::filesystem::path> unreachable;
  /// Sources that a file names by the whole path: what lies there is run, not the copy.
  std::vector<std::filesystem::path> absolute;
};

/// Write the pipeline file of a run, the files that it names and the sources of its steps into
/// `folder`, which must be new or empty, laid out so that their relative paths hold. Data are not
/// copied; those below the workspace's `root` get links. Throws Error(usage) if something is in the
/// way, Error(not_found), with nothing written, if sources are not in the store any more.
[[nodiscard]] ClonedRun clone_run(const EarlierRun& run, ObjectStore& store,
                                  const std::filesystem::path& root,
                                  const std::filesystem::path& folder);

}  // namespace mlpipe
