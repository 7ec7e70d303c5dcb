#include "store/walker.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "base/work_time.h"
#include "store/links.h"

namespace mlpipe {

namespace fs = std::filesystem;

std::string joined_path(std::string_view folder, std::string_view name) {
  std::string path(folder);
  if (!path.empty() && !name.empty()) path += '/';
  return path.append(name);
}

Walker::Walker(std::vector<WalkRoot> roots, const WalkOptions& options) : options_(options) {
  walk_.roots = std::move(roots);
}

Walk Walker::run() {
  const WorkTimer timer(Work::looking);
  open_root();
  walk_levels(0);
  for (std::size_t i = 0; i < links_.size(); ++i) {  // NOLINT(modernize-loop-convert): it grows
    const std::size_t walked = walk_.folders.size();
    resolve(links_[i].first, links_[i].second);
    walk_levels(walked);
  }
  for (auto& root : walk_.roots) root.filter = nullptr;  // which the walk may outlive
  return std::move(walk_);
}

void Walker::open_root() {
  const WalkRoot& root = walk_.roots.front();
  WalkedFolder& top = walk_.folders.emplace_back();
  scopes_.emplace_back();
  regions_.emplace_back();
  if (root.place.empty()) return;
  regions_.front().real = canonical_path(root.place);
  const auto look = stat_file(root.place);
  if (!look || look->kind != FileKind::folder)
    fail(ErrorKind::invalid_file, "'{}' is not a folder", printable(root.place.native()));
  top.look = *look;
  if (root.filter != nullptr) top.taken = root.filter->root();
}

void Walker::walk_levels(std::size_t first) {
  for (std::size_t next = first; next < walk_.folders.size();) {
    const std::size_t end = walk_.folders.size();
    run_each(options_.pool, end - next, [this, next](std::size_t i) { list(next + i); });
    for (; next < end; ++next) add_folders(next);
  }
  leave_out_emptied(first);
  if (options_.links == LinkRule::resolve) note_links(first);
}

void Walker::list(std::size_t index) {
  const WorkTimer timer(Work::looking);  // on any thread
  WalkedFolder& folder = walk_.folders[index];
  const WalkRoot& root = walk_.roots[folder.root];
  if (!root.place.empty()) {
    const OpenFolder open = open_folder(folder);
    const std::string_view inside = root.below(folder.path);
    IgnoreScope& scope = scopes_[index];
    if (root.filter != nullptr)
      scope = root.filter->rules().scope(inside.empty() ? nullptr : &scopes_[folder.parent],
                                         walk_.place(folder), inside);
    read_names(folder, scope, open.get());
  }
  if (index == 0) put_roots(folder);
  std::sort(folder.items.begin(), folder.items.end(),
            [](const WalkedItem& a, const WalkedItem& b) { return a.name < b.name; });
}

/// Put the other roots among what is at the top.
void Walker::put_roots(WalkedFolder& top) const {
  const fs::path& folder = walk_.roots.front().place;
  for (std::uint32_t i = 1; i < walk_.roots.size(); ++i) {
    const WalkRoot& root = walk_.roots[i];
    const auto shown = printable(root.place.native());
    const bool twice = std::any_of(top.items.begin(), top.items.end(),
                                   [&](const WalkedItem& item) { return item.name == root.name; });
    const auto* filter = walk_.roots.front().filter;
    const bool takes_all = filter == nullptr || filter->root() == Taken::wholly;
    if (twice || (takes_all && !folder.empty() && stat_link(folder / root.name)))
      fail(ErrorKind::invalid_file,
           "'{}' cannot be put beside the sources: there is something else with that name", shown);
    const auto look = stat_file(root.place);
    if (!look)
      fail(ErrorKind::invalid_file, "'{}', which is to be put beside the sources, {}", shown,
           stat_link(root.place) ? "is a link that leads nowhere" : "is not there");
    if (look->kind == FileKind::other)
      fail(ErrorKind::invalid_file,
           "'{}', which is to be put beside the sources, is neither a file nor a folder (a FIFO, "
           "socket or device)",
           shown);
    top.items.push_back({.name = root.name, .look = *look, .link = {}, .root = i});
  }
}

void Walker::add_folders(std::size_t parent) {
  const WalkedFolder& around = walk_.folders[parent];
  for (std::size_t i = 0; i < around.items.size(); ++i) {
    const WalkedItem& item = around.items[i];
    if (item.look.kind != FileKind::folder) continue;
    const bool is_root = item.root != around.root;
    if (is_root)
      regions_.push_back({.real = canonical_path(walk_.roots[item.root].place), .path = item.name});
    add_folder(parent, i, is_root ? regions_.size() - 1 : around.region);
  }
}

void Walker::add_folder(std::size_t parent, std::size_t item, std::size_t region) {
  WalkedFolder& folder = walk_.folders.emplace_back();
  scopes_.emplace_back();
  const WalkedFolder& around = walk_.folders[parent];
  WalkedItem& self = walk_.folders[parent].items[item];
  folder.path = joined_path(around.path, self.name);
  folder.look = self.look;
  folder.parent = parent;
  folder.region = region;
  folder.root = self.root;
  folder.taken = self.taken;
  self.folder = walk_.folders.size() - 1;
  if (region != 0) refuse_circle(folder);
}

/// Among the folders walked last, below the first of them: what came into being only because
/// outputs are put there is no source.
void Walker::leave_out_emptied(std::size_t first) {
  // A link may lead there: it is to count by its text then, as it does to any other folder.
  const auto has_link = [](const WalkedFolder& folder) {
    return std::any_of(folder.items.begin(), folder.items.end(),
                       [](const WalkedItem& item) { return item.look.kind == FileKind::link; });
  };
  if (std::any_of(walk_.folders.begin(), walk_.folders.end(), has_link)) return;
  for (std::size_t i = walk_.folders.size(); i > first + 1;) {
    const WalkedFolder& folder = walk_.folders[--i];
    WalkedFolder& around = walk_.folders[folder.parent];
    const WalkRoot& root = walk_.roots[folder.root];
    if (!folder.items.empty() || folder.root != around.root || root.filter == nullptr ||
        !root.filter->is_for_outputs(root.below(folder.path)))
      continue;
    std::erase_if(around.items, [i](const WalkedItem& item) {
      return item.look.kind == FileKind::folder && item.folder == i;
    });
  }
}

/// What a path cannot reach nobody can use. In the store paths are a little longer than in a step's
/// directory.
void Walker::refuse_too_deep(const WalkedFolder& folder, const WalkedItem& item) const {
  constexpr std::size_t longest = PATH_MAX - 1;
  constexpr std::size_t longer_in_store = 64;
  constexpr std::size_t shown = 200;
  const WalkRoot& root = walk_.roots[folder.root];
  const std::size_t length =
      root.place.native().size() + root.below(folder.path).size() + item.name.size() + 2;
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

void Walker::read_names(WalkedFolder& folder, const IgnoreScope& scope, DIR* open) {
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(open);
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    WalkedItem item{.name = std::string(name), .look = {}, .link = {}, .root = folder.root};
    const auto kind = wanted_kind(folder, scope, ::dirfd(open), *entry, item);
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

std::optional<FileKind> Walker::wanted_kind(const WalkedFolder& folder, const IgnoreScope& scope,
                                            int fd, const dirent& entry, WalkedItem& item) const {
  const WalkRoot& root = walk_.roots[folder.root];
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
  if (root.filter == nullptr) {
    if (!look()) return std::nullopt;
    return item.look.kind;
  }
  // What is left out is not even looked at, if its kind is known without.
  const bool known = entry.d_type != DT_UNKNOWN;
  if (!known && !look()) return std::nullopt;
  const bool is_folder = known ? entry.d_type == DT_DIR : item.look.kind == FileKind::folder;
  item.taken = root.filter->take(scope, folder.taken,
                                 joined_path(root.below(folder.path), item.name), is_folder);
  if (item.taken == Taken::nothing) return std::nullopt;
  if (known && !look()) return std::nullopt;
  return item.look.kind;
}

Walk walk_tree(const fs::path& root, const WalkOptions& options) {
  return walk_roots({{.place = root, .name = {}}}, options);
}

Walk walk_roots(std::vector<WalkRoot> roots, const WalkOptions& options) {
  return Walker(std::move(roots), options).run();
}

}  // namespace mlpipe
