#include "store/object_look.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "store/hash_walk.h"
#include "store/tree_hash.h"
#include "store/walk.h"

namespace mlpipe {

namespace fs = std::filesystem;

std::optional<ObjectManifest> read_manifest(const fs::path& object) {
  const fs::path file = object / "entries";
  const auto look = stat_link(file);
  if (!look || look->kind != FileKind::file) return std::nullopt;
  return decode_object_manifest(read_file(file));
}

bool describes(const ObjectManifest& manifest, const Hash& id) {
  std::vector<TreeEntry> entries;
  entries.reserve(manifest.entries.size());
  for (const auto& item : manifest.entries) entries.push_back(item.entry);
  return hash_tree(entries) == id;
}

bool looks_untouched(const fs::path& content, const ObjectManifest& manifest) {
  const auto untouched = [](const fs::path& path, const FileStat& look) {
    const auto now = stat_link(path);
    return now && now->kind == look.kind && now->same_content_as(look);
  };
  return std::all_of(manifest.entries.begin(), manifest.entries.end(),
                     [&](const ManifestEntry& item) {
                       return untouched(content / item.entry.path, item.look);
                     }) &&
         untouched(content, manifest.root);
}

std::string fault_text(const fs::path& object, const Error& error) {
  return fmt::format(
      "{}; it is part of a stored output: if it is lost for good, remove '{}', and what made it "
      "runs "
      "again",
      error.what(), printable(object.native()));
}

std::vector<TreeEntry> read_again(const fs::path& content, const ObjectManifest* manifest,
                                  WorkerPool* pool) {
  std::map<std::string_view, const ManifestEntry*> known;
  if (manifest != nullptr)
    for (const auto& item : manifest->entries) known.emplace(item.entry.path, &item);
  Walk walk = walk_tree(content, {.links = LinkRule::keep, .pool = pool});
  std::vector<HashedFile> files;
  std::vector<std::pair<std::size_t, fs::path>> unknown;
  for_each_item(walk, [&](const WalkedFolder& folder, const WalkedItem& item) {
    if (item.look.kind != FileKind::file) return;
    const std::string path = folder.path.empty() ? item.name : folder.path + '/' + item.name;
    const auto before = known.find(path);
    if (before != known.end() && before->second->entry.kind == FileKind::file &&
        before->second->look.same_content_as(item.look)) {
      files.push_back(
          {.look = item.look, .hash = before->second->entry.hash, .bytes = item.look.size});
      return;
    }
    unknown.emplace_back(files.size(), walk.place(folder, item));
    files.emplace_back();
  });
  run_each(pool, unknown.size(),
           [&](std::size_t i) { files[unknown[i].first] = hash_file(unknown[i].second); });
  return to_entries(walk, files);
}

}  // namespace mlpipe
