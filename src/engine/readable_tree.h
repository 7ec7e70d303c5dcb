#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "store/tree_entry.h"

namespace mlpipe {

/// A folder's tree as it can be read now: in the store, or still in place.
struct ReadableTree {
  std::vector<TreeEntry> entries;
  std::filesystem::path root;
  /// What of it does not lie below `root`, but is at its top under the base name.
  std::vector<std::filesystem::path> added = {};

  /// Where the entry at `path` is on disk.
  [[nodiscard]] std::filesystem::path place(const std::filesystem::path& path) const {
    const auto from = std::find_if(added.begin(), added.end(), [&](const auto& each) {
      return each.filename() == *path.begin();
    });
    return (from == added.end() ? root : from->parent_path()) / path;
  }
};

}  // namespace mlpipe
