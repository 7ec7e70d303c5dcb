// What `mlpipe verify` asks of the store: what lies in it, and what exactly is wrong with an
// object.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "store/object_look.h"
#include "store/object_store.h"
#include "store/staging.h"
#include "store/tree_hash.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

std::string_view kind_word(FileKind kind) {
  switch (kind) {
    case FileKind::file:
      return "a file";
    case FileKind::folder:
      return "a folder";
    case FileKind::link:
      return "a link";
    case FileKind::other:
      return "no file, folder or link";
  }
  return {};
}

/// What became of one entry; "" if nothing did.
std::string entry_damage(const TreeEntry& before, const TreeEntry& now) {
  const std::string name = printable(before.path);
  if (before.kind != now.kind)
    return fmt::format("'{}' was {} and is {}", name, kind_word(before.kind), kind_word(now.kind));
  if (before.kind == FileKind::link && before.link != now.link)
    return fmt::format("the link '{}' led to '{}' and leads to '{}'", name, printable(before.link),
                       printable(now.link));
  if (before.kind != FileKind::file) return {};
  if (before.size != now.size)
    return fmt::format("'{}' had {} bytes and has {}", name, before.size, now.size);
  if (before.hash != now.hash) return fmt::format("'{}' has other bytes, as many as before", name);
  if (before.executable != now.executable)
    return fmt::format("'{}' was {}executable", name, before.executable ? "" : "not ");
  return {};
}

std::vector<std::string> differences(const std::vector<ManifestEntry>& before,
                                     const std::vector<TreeEntry>& now) {
  constexpr std::size_t most = 20;
  std::map<std::string_view, const TreeEntry*> found;
  for (const auto& entry : now) found.emplace(entry.path, &entry);
  std::vector<std::string> lines;
  std::size_t more = 0;
  const auto add = [&](std::string line) {
    if (line.empty()) return;
    if (lines.size() < most)
      lines.push_back(std::move(line));
    else
      ++more;
  };
  for (const auto& item : before) {
    const auto same = found.find(item.entry.path);
    if (same == found.end()) {
      add(fmt::format("'{}' is missing", printable(item.entry.path)));
      continue;
    }
    add(entry_damage(item.entry, *same->second));
    found.erase(same);
  }
  for (const auto& [path, entry] : found) add(fmt::format("'{}' was added", printable(path)));
  if (more > 0) lines.push_back(fmt::format("and {} more", more));
  return lines;
}

void count(const std::vector<TreeEntry>& entries, InspectedObject& found) {
  for (const auto& entry : entries) {
    if (entry.kind != FileKind::file) continue;
    ++found.files;
    found.bytes += entry.size;
  }
}

bool same_hashes(const std::vector<ManifestEntry>& manifest, const std::vector<TreeEntry>& now) {
  return std::equal(manifest.begin(), manifest.end(), now.begin(), now.end(),
                    [](const ManifestEntry& item, const TreeEntry& entry) {
                      return item.entry.path == entry.path && item.entry.hash == entry.hash;
                    });
}

bool is_hex(std::string_view name) {
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_folder(const fs::path& path) {
  const auto look = stat_link(path);
  return look && look->kind == FileKind::folder;
}

void renew(const fs::path& object, std::vector<TreeEntry>& entries, InspectedObject& found) {
  try {
    write_file_atomically(object / "entries",
                          encode_object_manifest(seal(object / "content", entries)));
    found.renewed = true;
  } catch (const Error& error) {
    found.fault = fmt::format("it is whole, and that cannot be noted: {}", error.what());
  }
}

/// Whether the object is whole; what is wrong with it goes to `found`.
bool look_closely(const fs::path& object, const Hash& id, Closeness closeness, WorkerPool& pool,
                  InspectedObject& found) {
  const fs::path content = object / "content";
  const auto manifest = read_manifest(object);
  const bool fits = manifest && describes(*manifest, id);
  const bool untouched = fits && looks_untouched(content, *manifest);
  if (untouched && closeness == Closeness::stats) {
    for (const auto& item : manifest->entries)
      if (item.entry.kind == FileKind::file) {
        ++found.files;
        found.bytes += item.entry.size;
      }
    return true;
  }
  const bool trusts_stats = manifest && closeness == Closeness::stats;
  std::vector<TreeEntry> entries = read_again(content, trusts_stats ? &*manifest : nullptr, &pool);
  count(entries, found);
  if (hash_tree(entries) == id) {
    if (!untouched || !same_hashes(manifest->entries, entries)) renew(object, entries, found);
    return true;
  }
  if (!manifest)
    found.damage.emplace_back(
        "its manifest is missing or damaged, and its content is not what its name says");
  else if (!fits)
    found.damage.emplace_back("it is another object under this name");
  else
    found.damage = differences(manifest->entries, entries);
  return false;
}

}  // namespace

InspectedObject ObjectStore::inspect(const Hash& id, Closeness closeness, WorkerPool& pool) {
  InspectedObject found;
  const fs::path object = object_folder(id);
  const auto look = stat_link(object);
  if (!look) {
    found.state = ObjectState::missing;
    return found;
  }
  try {
    if (look_closely(object, id, closeness, pool, found)) return found;
  } catch (const Error& error) {
    if (!stat_link(object)) {
      found.state = ObjectState::missing;
      return found;
    }
    if (error.error_number() == EMFILE || error.error_number() == ENFILE) throw;
    if (error.is_machine_fault()) {
      found.fault = fault_text(object, error);
      return found;
    }
    found.damage.emplace_back(error.what());
  }
  found.state = ObjectState::damaged;
  try {
    found.quarantine = quarantine(id, *look);
  } catch (const Error& error) {
    found.not_moved = error.what();
  }
  return found;
}

StoreListing ObjectStore::list() const {
  StoreListing listing;
  constexpr std::size_t shard_length = 2;
  for (const auto& shard : list_names(objects_)) {
    if (shard.size() != shard_length || !is_hex(shard) || !is_folder(objects_ / shard)) {
      listing.strange.push_back(objects_ / shard);
      continue;
    }
    for (const auto& name : list_names(objects_ / shard)) {
      const auto id = is_hex(name) ? parse_hash(name) : std::nullopt;
      if (id && name.starts_with(shard))
        listing.objects.push_back(*id);
      else
        listing.strange.push_back(objects_ / shard / name);
    }
  }
  return listing;
}

}  // namespace mlpipe
