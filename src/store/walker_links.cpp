// What links in a walked tree come to.
#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "store/links.h"
#include "store/walker.h"

namespace mlpipe {

namespace fs = std::filesystem;

void Walker::note_links(std::size_t first) {
  for (; first < walk_.folders.size(); ++first)
    for (std::size_t i = 0; i < walk_.folders[first].items.size(); ++i)
      if (walk_.folders[first].items[i].look.kind == FileKind::link) links_.emplace_back(first, i);
}

void Walker::refuse_circle(const WalkedFolder& folder) const {
  for (std::size_t i = folder.parent;; i = walk_.folders[i].parent) {
    const WalkedFolder& around = walk_.folders[i];
    if (around.root != folder.root) return;  // two roots may hold each other
    if (around.look.dev == folder.look.dev && around.look.ino == folder.look.ino)
      fail(ErrorKind::invalid_file, "the link '{}' goes round in circles: '{}' is '{}' again{}",
           printable(walk_.roots[folder.root].place_of(regions_[folder.region].path).native()),
           printable(walk_.place(folder).native()), printable(walk_.place(around).native()),
           what_to_do);
    if (i == 0) return;
  }
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
    return is_walked(joined_path(region.path, path));
  };
  if (below && target.stays_inside && std::all_of(target.way.begin(), target.way.end(), in_tree))
    return;
  if (below && in_tree(*below)) {
    item.link = relative_link(joined_path(in_region, item.name), *below);
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
  regions_.push_back(
      {.real = end, .path = joined_path(walk_.folders[folder_index].path, item.name)});
  add_folder(folder_index, item_index, regions_.size() - 1);
}

}  // namespace mlpipe
