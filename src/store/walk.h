#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/worker_pool.h"
#include "store/source_filter.h"

namespace mlpipe {

/// A file or folder on disk that appears in a walked tree.
struct WalkRoot {
  std::filesystem::path place;           ///< Absolute; a link is followed.
  std::string name;                      ///< At the tree's top; "": this is the tree itself.
  const SourceFilter* filter = nullptr;  ///< What of a folder is taken; none: everything.

  /// The tree's `path`, which is at or below this root, relative to it.
  [[nodiscard]] std::string_view below(std::string_view path) const;
  /// Where that is on disk, possibly by way of a link.
  [[nodiscard]] std::filesystem::path place_of(std::string_view path) const;
};

/// What a walk found under one name.
struct WalkedItem {
  std::string name;
  FileStat look;           ///< Of what counts: of a followed link, that of its target.
  std::string link;        ///< A link's text as it counts.
  std::uint32_t root = 0;  ///< The place in Walk::roots of what it belongs to.
  /// On disk there is a link that does not count as it is: one that is followed, or one whose text
  /// had to be made relative.
  bool replaced = false;
  Taken taken = Taken::wholly;
  std::size_t folder = 0;  ///< A folder's own place in Walk::folders.
};

/// A folder of a walked tree.
struct WalkedFolder {
  std::string path;               ///< Relative to the root; "" for the root itself.
  FileStat look;                  ///< Taken before its names were read.
  std::vector<WalkedItem> items;  ///< Sorted by the bytes of the names.
  std::size_t parent = 0;
  std::size_t region = 0;
  std::uint32_t root = 0;
  Taken taken = Taken::wholly;
};

/// What to do with links inside the tree.
enum class LinkRule : std::uint8_t {
  resolve,  ///< Those that leave the tree are followed, the others made relative if need be.
  keep,     ///< All count by their text (in the store).
};

/// What a walk needs to know.
struct WalkOptions {
  LinkRule links = LinkRule::resolve;
  /// The tree is ours: give ourselves all permissions on its folders.
  bool make_readable = false;
  /// Walk on all threads; none: on this one.
  WorkerPool* pool = nullptr;
};

/// One look at a whole tree, before its files are read. Links that leave the tree have been
/// followed: in here they are files and folders.
struct Walk {
  std::vector<WalkRoot> roots;       ///< The first is the tree itself.
  std::deque<WalkedFolder> folders;  ///< The tree's own first.

  /// Where the folder or item is on disk, possibly by way of a link.
  [[nodiscard]] std::filesystem::path place(const WalkedFolder& folder) const;
  [[nodiscard]] std::filesystem::path place(const WalkedFolder& folder,
                                            const WalkedItem& item) const;
};

/// Walk the folder `root` (absolute, may be a link). Throws Error(system) for what cannot be read,
/// Error(invalid_file) for bad links, FIFOs, sockets and devices; both name the path.
[[nodiscard]] Walk walk_tree(const std::filesystem::path& root, const WalkOptions& options);

/// Walk a tree that is put together: the first of `roots` is a folder, or has no place if there is
/// none; the others appear in it under their names. Links and ignore rules of each know nothing of
/// the others. Throws as walk_tree() does, Error(invalid_file) too where two have the same name.
[[nodiscard]] Walk walk_roots(std::vector<WalkRoot> roots, const WalkOptions& options);

/// Call `visit` for each item, parents before children, names sorted by bytes.
void for_each_item(Walk& walk, const std::function<void(WalkedFolder&, WalkedItem&)>& visit);

/// Run work(0) … work(count-1), on all threads if there is a pool.
void run_each(WorkerPool* pool, std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace mlpipe
