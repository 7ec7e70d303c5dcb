#include "store/hash_walk.h"

#include <utility>

namespace mlpipe {

namespace fs = std::filesystem;

HashedFile hash_remembered(const fs::path& path, const FileStat& look, StatCache& cache) {
  if (const auto known = cache.find(path, look))
    return {.look = look, .hash = *known, .bytes = look.size};
  const std::int64_t began_ns = cache.now_for(path, look.dev);
  HashedFile file = hash_file(path);
  cache.remember(path, file.look, file.hash, began_ns);
  return file;
}

std::vector<std::pair<const WalkedFolder*, const WalkedItem*>> files_of(Walk& walk) {
  std::vector<std::pair<const WalkedFolder*, const WalkedItem*>> files;
  for_each_item(walk, [&](const WalkedFolder& folder, const WalkedItem& item) {
    if (item.look.kind == FileKind::file) files.emplace_back(&folder, &item);
  });
  return files;
}

std::vector<HashedFile> hash_files(Walk& walk, StatCache& cache, WorkerPool& pool) {
  const auto files = files_of(walk);
  std::vector<HashedFile> results(files.size());
  pool.for_each(files.size(), [&](std::size_t i) {
    results[i] = hash_remembered(walk.place(*files[i].first, *files[i].second),
                                 files[i].second->look, cache);
  });
  return results;
}

std::vector<TreeEntry> to_entries(Walk& walk, const std::vector<HashedFile>& files) {
  std::vector<TreeEntry> entries;
  entries.reserve(files.size() + walk.folders.size());
  auto file = files.begin();
  for_each_item(walk, [&](const WalkedFolder& folder, const WalkedItem& item) {
    TreeEntry& entry = entries.emplace_back();
    entry.path = folder.path.empty() ? item.name : folder.path + '/' + item.name;
    entry.kind = item.look.kind;
    if (entry.kind == FileKind::link) {
      entry.link = item.link;
      entry.hash = hash_bytes(item.link);
    } else if (entry.kind == FileKind::file) {
      entry.executable = file->look.executable;
      entry.size = file->bytes;
      entry.hash = file->hash;
      ++file;
    }
  });
  return entries;
}

std::vector<std::pair<fs::path, FileStat>> looks_of(Walk& walk,
                                                    const std::vector<HashedFile>& files) {
  std::vector<std::pair<fs::path, FileStat>> looks;
  looks.reserve(1 + files.size() + walk.folders.size());
  if (const auto& top = walk.roots.front().place; !top.empty())
    looks.emplace_back(top, walk.folders.front().look);
  auto file = files.begin();
  for_each_item(walk, [&](const WalkedFolder& folder, const WalkedItem& item) {
    if (item.look.kind == FileKind::link) return;
    const bool is_file = item.look.kind == FileKind::file;
    looks.emplace_back(walk.place(folder, item), is_file ? (file++)->look : item.look);
  });
  return looks;
}

}  // namespace mlpipe
