#include "store/walk.h"

#include <algorithm>

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

void visit_folder(Walk& walk, std::size_t index,
                  const std::function<void(WalkedFolder&, WalkedItem&)>& visit) {
  for (auto& item : walk.folders[index].items) {
    visit(walk.folders[index], item);
    if (item.look.kind == FileKind::folder) visit_folder(walk, item.folder, visit);
  }
}

}  // namespace

std::string_view WalkRoot::below(std::string_view path) const {
  return name.empty() ? path : path.substr(std::min(path.size(), name.size() + 1));
}

fs::path WalkRoot::place_of(std::string_view path) const {
  const std::string_view inside = below(path);
  return inside.empty() ? place : place / inside;
}

fs::path Walk::place(const WalkedFolder& folder) const {
  return roots[folder.root].place_of(folder.path);
}

fs::path Walk::place(const WalkedFolder& folder, const WalkedItem& item) const {
  const WalkRoot& root = roots[item.root];
  if (item.root != folder.root) return root.place;  // a root itself
  // Put together as text, since a path is cut into its names each time it is made.
  const std::string_view inside = root.below(folder.path);
  std::string text;
  text.reserve(root.place.native().size() + inside.size() + item.name.size() + 2);
  text.append(root.place.native()).append(1, '/');
  if (!inside.empty()) text.append(inside).append(1, '/');
  return text.append(item.name);
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
