#pragma once

#include <dirent.h>

#include <cstddef>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/open_folder.h"
#include "store/ignore_rules.h"
#include "store/walk.h"

namespace mlpipe {

/// How walk_roots() works. The tree is walked level by level, the folders of a level on all
/// threads. Links wait until all that is not behind a link is known, since what a link means
/// depends on what is in the tree. A link to a folder outside opens a new *region*: a tree of its
/// own within which its links resolve. So does each root but the first.
class Walker {
 public:
  /// `options` outlives this object.
  Walker(std::vector<WalkRoot> roots, const WalkOptions& options);

  /// Once.
  [[nodiscard]] Walk run();

 private:
  /// A tree on disk that appears at one place of the walked tree.
  struct Region {
    std::filesystem::path real;  ///< Canonical.
    std::string path;            ///< Where it appears, relative to the root.
  };

  // --- Folders (walker.cpp) --------------------------------------------------------------------
  void open_root();
  void walk_levels(std::size_t first);
  void list(std::size_t index);
  void read_names(WalkedFolder& folder, const IgnoreScope& scope, DIR* open);
  [[nodiscard]] std::optional<FileKind> wanted_kind(const WalkedFolder& folder,
                                                    const IgnoreScope& scope, int fd,
                                                    const dirent& entry, WalkedItem& item) const;
  [[nodiscard]] OpenFolder open_folder(const WalkedFolder& folder) const;
  void put_roots(WalkedFolder& top) const;
  void add_folders(std::size_t parent);
  void add_folder(std::size_t parent, std::size_t item, std::size_t region);
  void leave_out_emptied(std::size_t first);
  void refuse_too_deep(const WalkedFolder& folder, const WalkedItem& item) const;

  // --- Links (walker_links.cpp) ----------------------------------------------------------------
  void note_links(std::size_t first);
  void refuse_circle(const WalkedFolder& folder) const;
  void resolve(std::size_t folder, std::size_t item);
  void follow(std::size_t folder, std::size_t item, const std::filesystem::path& end);
  [[nodiscard]] bool is_walked(std::string_view path) const;

  const WalkOptions& options_;
  Walk walk_;
  std::deque<IgnoreScope> scopes_;  ///< Of each folder.
  std::vector<Region> regions_;
  std::vector<std::pair<std::size_t, std::size_t>> links_;  ///< Folder and item, to be resolved.
};

/// A path of a folder's path and a name, either of which may be empty.
[[nodiscard]] std::string joined_path(std::string_view folder, std::string_view name);

}  // namespace mlpipe
