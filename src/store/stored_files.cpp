#include "store/stored_files.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "store/object_look.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

bool has_bytes(const TreeEntry& entry) { return entry.kind == FileKind::file && entry.size > 0; }

}  // namespace

/// Nothing too if it cannot be read just now: who looks for it is a matter of speed only.
std::optional<ObjectManifest> StoredFiles::manifest_of(const Hash& object) const {
  try {
    return read_manifest(content_of_(object).parent_path());
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// Those that were used last, the latest first. What has gone is left out.
std::vector<Hash> StoredFiles::last_used(const std::vector<Hash>& objects) const {
  std::vector<std::pair<std::int64_t, Hash>> uses;
  for (const auto& id : objects) {
    try {
      if (const auto look = stat_link(content_of_(id).parent_path()))
        uses.emplace_back(look->mtime_ns, id);
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): as one that has gone
    }
  }
  std::sort(uses.rbegin(), uses.rend());
  uses.resize(std::min(uses.size(), most_objects));
  std::vector<Hash> ids;
  ids.reserve(uses.size());
  for (const auto& use : uses) ids.push_back(use.second);
  return ids;
}

void StoredFiles::add(const Hash& object) {
  const auto manifest = manifest_of(object);
  if (!manifest) return;
  const auto number = static_cast<std::uint32_t>(read_.size());
  read_.push_back(object);
  for (std::size_t i = 0; i < manifest->entries.size() && places_.size() < most_files; ++i)
    if (const auto& entry = manifest->entries[i].entry; has_bytes(entry))
      places_.try_emplace(entry.hash, Place{number, static_cast<std::uint32_t>(i)});
}

/// What has gone may have hidden another place of the same bytes: all is read anew then.
void StoredFiles::update(const std::vector<Hash>& there) {
  if (!std::includes(there.begin(), there.end(), seen_.begin(), seen_.end())) {
    seen_.clear();
    read_.clear();
    places_.clear();
  }
  std::vector<Hash> fresh;
  std::set_difference(there.begin(), there.end(), seen_.begin(), seen_.end(),
                      std::back_inserter(fresh));
  seen_ = there;
  for (const auto& id : last_used(fresh)) add(id);
}

std::vector<fs::path> StoredFiles::find(const std::vector<Hash>& there,
                                        const std::vector<TreeEntry>& entries) {
  const std::lock_guard lock(mutex_);
  update(there);
  std::map<std::uint32_t, std::vector<std::size_t>> found;  // by object
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!has_bytes(entries[i])) continue;
    const auto place = places_.find(entries[i].hash);
    if (place != places_.end()) found[place->second.object].push_back(i);
  }
  std::vector<fs::path> paths(entries.size());
  for (const auto& [object, numbers] : found) {
    const auto manifest = manifest_of(read_[object]);
    if (!manifest) continue;
    const auto content = content_of_(read_[object]);
    for (const auto i : numbers) {
      const auto at = places_.at(entries[i].hash).entry;
      if (at < manifest->entries.size()) paths[i] = content / manifest->entries[at].entry.path;
    }
  }
  return paths;
}

}  // namespace mlpipe
