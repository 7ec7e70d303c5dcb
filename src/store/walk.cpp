#include "store/walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/open_folder.h"
#include "base/text.h"
#include "store/links.h"

// The tree is walked level by level, the folders of a level on all threads. Links wait until all
// that is not behind a link is known, since what a link means depends on what is in the tree. A
// link to a folder outside opens a new *region*: a tree of its own within which its links resolve.

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// A tree on disk that appears at one place of the walked tree.
struct Region {
  fs::path real;     ///< Canonical.
  std::string path;  ///< Where it appears, relative to the root.
};

std::string joined(std::string_view folder, std::string_view name) {
  std::string path(folder);
  if (!path.empty() && !name.empty()) path += '/';
  return path.append(name);
}

class Walker {
 public:
  Walker(const fs::path& root, const WalkOptions& options) : options_(options) {
    walk_.root = root;
  }

  Walk run();

 private:
  void walk_levels(std::size_t first);
  void list(WalkedFolder& folder);
  void read_names(WalkedFolder& folder, DIR* open);
  [[nodiscard]] std::optional<FileKind> wanted_kind(const WalkedFolder& folder, int fd,
                                                    const dirent& entry, WalkedItem& item) const;
  void add_folder(std::size_t parent, std::size_t item, std::size_t region);
  void refuse_circle(const WalkedFolder& folder) const;
  void refuse_too_deep(const WalkedFolder& folder, const WalkedItem& item) const;
  void resolve(std::size_t folder, std::size_t item);
  void follow(std::size_t folder, std::size_t item, const fs::path& end);
  [[nodiscard]] bool is_walked(std::string_view path) const;
  [[nodiscard]] OpenFolder open_folder(const WalkedFolder& folder) const;

  const WalkOptions& options_;
  Walk walk_;
  std::vector<Region> regions_;
  std::vector<std::pair<std::size_t, std::size_t>> links_;  ///< Folder and item, to be resolved.
};

Walk Walker::run() {
  const fs::path real = canonical_path(walk_.root);
  const auto look = stat_file(walk_.root);
  if (!look || look->kind != FileKind::folder)
    fail(ErrorKind::invalid_file, "'{}' is not a folder", printable(walk_.root.native()));
  regions_.push_back({.real = real, .path = ""});
  WalkedFolder& root = walk_.folders.emplace_back();
  root.look = *look;
  if (options_.filter != nullptr) root.taken = options_.filter->root();
  walk_levels(0);
  for (std::size_t i = 0; i < links_.size(); ++i) {  // NOLINT(modernize-loop-convert): it grows
    const std::size_t walked = walk_.folders.size();
    resolve(links_[i].first, links_[i].second);
    walk_levels(walked);
  }
  return std::move(walk_);
}

void Walker::walk_levels(std::size_t first) {
  while (first < walk_.folders.size()) {
    const std::size_t end = walk_.folders.size();
    run_each(options_.pool, end - first,
             [this, first](std::size_t i) { list(walk_.folders[first + i]); });
    for (; first < end; ++first) {
      for (std::size_t i = 0; i < walk_.folders[first].items.size(); ++i) {
        const FileKind kind = walk_.folders[first].items[i].look.kind;
        if (kind == FileKind::folder) add_folder(first, i, walk_.folders[first].region);
        if (kind == FileKind::link && options_.links == LinkRule::resolve)
          links_.emplace_back(first, i);
      }
    }
  }
}

void Walker::add_folder(std::size_t parent, std::size_t item, std::size_t region) {
  WalkedFolder& folder = walk_.folders.emplace_back();
  const WalkedFolder& around = walk_.folders[parent];
  WalkedItem& self = walk_.folders[parent].items[item];
  folder.path = joined(around.path, self.name);
  folder.look = self.look;
  folder.parent = parent;
  folder.region = region;
  folder.taken = self.taken;
  self.folder = walk_.folders.size() - 1;
  if (region != 0) refuse_circle(folder);
}

void Walker::refuse_circle(const WalkedFolder& folder) const {
  for (std::size_t i = folder.parent;; i = walk_.folders[i].parent) {
    const WalkedFolder& around = walk_.folders[i];
    if (around.look.dev == folder.look.dev && around.look.ino == folder.look.ino)
      fail(ErrorKind::invalid_file, "the link '{}' goes round in circles: '{}' is '{}' again{}",
           printable((walk_.root / regions_[folder.region].path).native()),
           printable(walk_.place(folder).native()), printable(walk_.place(around).native()),
           what_to_do);
    if (i == 0) return;
  }
}

/// What a path cannot reach nobody can use. In the store paths are a little longer than in a step's
/// directory.
void Walker::refuse_too_deep(const WalkedFolder& folder, const WalkedItem& item) const {
  constexpr std::size_t longest = PATH_MAX - 1;
  constexpr std::size_t longer_in_store = 64;
  constexpr std::size_t shown = 200;
  const std::size_t length = walk_.root.native().size() + folder.path.size() + item.name.size() + 2;
  if (length + (options_.links == LinkRule::resolve ? longer_in_store : 0) <= longest) return;
  fail(
      ErrorKind::invalid_file,
      "'{}…' lies too deep: its path has {} bytes, and {} are the most that programs can use; make "
      "fewer folders in each other, or shorter names{}",
      printable(walk_.place(folder, item).native().substr(0, shown)), length,
      longest - longer_in_store, what_to_do);
}

OpenFolder Walker::open_folder(const WalkedFolder& folder) const {
  const fs::path place = walk_.place(folder);
  // What a link led to is not ours.
  if (options_.make_readable && folder.region == 0) ::chmod(place.c_str(), 0700);
  OpenFolder open(::opendir(place.c_str()));
  if (!open) fail_errno(errno, fmt::format("cannot list '{}'", printable(place.native())));
  return open;
}

void Walker::list(WalkedFolder& folder) {
  const OpenFolder open = open_folder(folder);
  if (options_.filter != nullptr) {
    const IgnoreScope* outer = folder.path.empty() ? nullptr : &walk_.folders[folder.parent].scope;
    folder.scope = options_.filter->rules().scope(outer, walk_.place(folder), folder.path);
  }
  read_names(folder, open.get());
  std::sort(folder.items.begin(), folder.items.end(),
            [](const WalkedItem& a, const WalkedItem& b) { return a.name < b.name; });
}

void Walker::read_names(WalkedFolder& folder, DIR* open) {
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(open);
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    WalkedItem item{.name = std::string(name), .look = {}, .link = {}};
    const auto kind = wanted_kind(folder, ::dirfd(open), *entry, item);
    if (!kind) continue;
    if (*kind == FileKind::other)
      fail(ErrorKind::invalid_file,
           "'{}' is neither a file nor a folder (a FIFO, socket or device){}",
           printable(walk_.place(folder, item).native()), what_to_do);
    refuse_too_deep(folder, item);
    if (*kind == FileKind::link) item.link = read_link(walk_.place(folder, item));
    folder.items.push_back(std::move(item));
  }
  if (errno != 0)
    fail_errno(errno, fmt::format("cannot list '{}'", printable(walk_.place(folder).native())));
}

std::optional<FileKind> Walker::wanted_kind(const WalkedFolder& folder, int fd, const dirent& entry,
                                            WalkedItem& item) const {
  struct stat raw {};
  const auto look = [&] {
    if (::fstatat(fd, entry.d_name, &raw, AT_SYMLINK_NOFOLLOW) == 0) {
      item.look = to_file_stat(raw);
      return true;
    }
    if (errno == ENOENT) return false;  // gone since: the folder's own stat tells
    fail_errno(errno,
               fmt::format("cannot access '{}'", printable(walk_.place(folder, item).native())));
  };
  if (options_.filter == nullptr) {
    if (!look()) return std::nullopt;
    return item.look.kind;
  }
  // What is left out is not even looked at, if its kind is known without.
  const bool known = entry.d_type != DT_UNKNOWN;
  if (!known && !look()) return std::nullopt;
  const bool is_folder = known ? entry.d_type == DT_DIR : item.look.kind == FileKind::folder;
  item.taken =
      options_.filter->take(folder.scope, folder.taken, joined(folder.path, item.name), is_folder);
  if (item.taken == Taken::nothing) return std::nullopt;
  if (known && !look()) return std::nullopt;
  return item.look.kind;
}

bool Walker::is_walked(std::string_view path) const {
  const WalkedFolder* folder = &walk_.folders.front();
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    const auto item = std::lower_bound(
        folder->items.begin(), folder->items.end(), name,
        [](const WalkedItem& a, std::string_view b) { return std::string_view(a.name) < b; });
    if (item == folder->items.end() || item->name != name) return false;
    if (path.empty()) return true;
    if (item->look.kind != FileKind::folder) return false;
    folder = &walk_.folders[item->folder];
  }
  return true;
}

void Walker::resolve(std::size_t folder_index, std::size_t item_index) {
  WalkedFolder& folder = walk_.folders[folder_index];
  WalkedItem& item = folder.items[item_index];
  const Region& region = regions_[folder.region];
  const std::string in_region =
      region.path.empty()
          ? folder.path
          : folder.path.substr(std::min(folder.path.size(), region.path.size() + 1));
  const LinkTarget target =
      follow_link(region.real, in_region.empty() ? region.real : region.real / in_region, item.link,
                  walk_.place(folder, item));
  const auto below = path_below(region.real.native(), target.end.native());
  const auto in_tree = [&](const std::string& path) {
    return is_walked(joined(region.path, path));
  };
  if (below && target.stays_inside && std::all_of(target.way.begin(), target.way.end(), in_tree))
    return;
  if (below && in_tree(*below)) {
    item.link = relative_link(joined(in_region, item.name), *below);
    item.replaced = true;
    return;
  }
  follow(folder_index, item_index, target.end);
}

void Walker::follow(std::size_t folder_index, std::size_t item_index, const fs::path& end) {
  WalkedItem& item = walk_.folders[folder_index].items[item_index];
  const fs::path place = walk_.place(walk_.folders[folder_index], item);
  const auto look = stat_file(end);
  if (!look || look->kind == FileKind::other)
    fail(ErrorKind::invalid_file, "the link '{}' leads to '{}', which is {}{}",
         printable(place.native()), printable(end.native()),
         look ? "neither a file nor a folder" : "not there", what_to_do);
  item.link.clear();
  item.replaced = true;
  item.look = *look;
  if (look->kind != FileKind::folder) return;
  regions_.push_back({.real = end, .path = joined(walk_.folders[folder_index].path, item.name)});
  add_folder(folder_index, item_index, regions_.size() - 1);
}

void visit_folder(Walk& walk, std::size_t index,
                  const std::function<void(WalkedFolder&, WalkedItem&)>& visit) {
  for (auto& item : walk.folders[index].items) {
    visit(walk.folders[index], item);
    if (item.look.kind == FileKind::folder) visit_folder(walk, item.folder, visit);
  }
}

}  // namespace

fs::path Walk::place(const WalkedFolder& folder) const {
  return folder.path.empty() ? root : root / folder.path;
}

fs::path Walk::place(const WalkedFolder& folder, const WalkedItem& item) const {
  // Put together as text, since a path is cut into its names each time it is made.
  std::string text;
  text.reserve(root.native().size() + folder.path.size() + item.name.size() + 2);
  text.append(root.native()).append(1, '/');
  if (!folder.path.empty()) text.append(folder.path).append(1, '/');
  return text.append(item.name);
}

Walk walk_tree(const fs::path& root, const WalkOptions& options) {
  return Walker(root, options).run();
}

void for_each_item(Walk& walk, const std::function<void(WalkedFolder&, WalkedItem&)>& visit) {
  if (!walk.folders.empty()) visit_folder(walk, 0, visit);
}

void run_each(WorkerPool* pool, std::size_t count, const std::function<void(std::size_t)>& work) {
  if (pool != nullptr)
    pool->for_each(count, work);
  else
    for (std::size_t i = 0; i < count; ++i) work(i);
}

}  // namespace mlpipe
