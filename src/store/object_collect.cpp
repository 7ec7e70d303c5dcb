#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "base/clock.h"
#include "base/disk_use.h"
#include "base/error.h"
#include "base/text.h"
#include "store/object_store.h"

// How objects leave the store. Their use is dated by the mtime of their folder `objects/ab/<id>`,
// which is no part of what a hit compares (that is the content folder's stat).
//
// Against a driver that adds or uses an object just when gc takes it: the driver holds its lock
// (StoreUsers), then dates the object, then relies on it. gc puts the object away, then looks who
// holds a lock, then at the object's date. Whoever dated it before it was put away is seen to live,
// or has recorded by then what refers to it; whoever comes later finds it missing.

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t ns_a_second = 1'000'000'000;
/// An object is not dated anew for so little.
constexpr std::int64_t dated_well_enough_ns = 10 * ns_a_second;

std::vector<std::string> names_if_there(const fs::path& folder) {
  const auto look = stat_link(folder);
  return look && look->kind == FileKind::folder ? list_names(folder) : std::vector<std::string>();
}

}  // namespace

/// False if the object is not there. Where the store may only be read, nobody collects it either.
bool ObjectStore::mark_used(const fs::path& object) const {
  const auto look = stat_link(object);
  if (!look) return false;
  const std::int64_t use_ns = std::max(begun_ns_, to_micros(now()) * 1000);
  // Dated by one whose clock is ahead; or so lately that the object is ours already.
  const bool is_ours = begun_ns_ > 0 && look->mtime_ns >= begun_ns_;
  if (look->mtime_ns >= (is_ours ? use_ns - dated_well_enough_ns : use_ns)) return true;
  const timespec times[2] = {{0, UTIME_OMIT},  // NOLINT(*-c-arrays)
                             {use_ns / ns_a_second, use_ns % ns_a_second}};
  if (::utimensat(AT_FDCWD, object.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0) return true;
  return errno != ENOENT && errno != ENOTDIR;
}

std::vector<StoredSize> ObjectStore::sizes(WorkerPool& pool) const {
  std::vector<StoredSize> all;
  for (const auto& shard : names_if_there(objects_))
    for (const auto& name : names_if_there(objects_ / shard))
      if (const auto id = parse_hash(name); id && object_folder(*id) == objects_ / shard / name)
        all.push_back({.id = *id});
  std::vector<char> is_there(all.size(), 0);
  pool.for_each(all.size(), [&](std::size_t i) {
    const auto look = stat_link(object_folder(all[i].id));
    if (!look) return;
    is_there[i] = 1;
    all[i].used_ns = look->mtime_ns;
    all[i].disk_bytes = disk_use(object_folder(all[i].id));
  });
  std::vector<StoredSize> found;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (is_there[i] != 0) found.push_back(all[i]);
  return found;
}

fs::path ObjectStore::trash() const { return objects_.parent_path() / "trash"; }

fs::path ObjectStore::away_folder(const Hash& id) const { return trash() / id.hex(); }

bool ObjectStore::put_away(const Hash& id) {
  make_folders(trash());
  if (::rename(object_folder(id).c_str(), away_folder(id).c_str()) == 0) return true;
  if (errno == ENOENT) return false;
  fail_errno(errno, fmt::format("cannot put '{}' away", printable(object_folder(id).native())));
}

std::vector<Hash> ObjectStore::put_away_objects() const {
  std::vector<Hash> ids;
  for (const auto& name : names_if_there(trash()))
    if (const auto id = parse_hash(name)) ids.push_back(*id);
  return ids;
}

std::int64_t ObjectStore::put_away_use(const Hash& id) const {
  const auto look = stat_link(away_folder(id));
  return look ? look->mtime_ns : 0;
}

void ObjectStore::put_back(const Hash& id) {
  const fs::path place = object_folder(id);
  make_folders(place.parent_path());
  if (::rename(away_folder(id).c_str(), place.c_str()) == 0 || errno == ENOENT) return;
  if (errno != ENOTEMPTY && errno != EEXIST)
    fail_errno(errno, fmt::format("cannot put '{}' back", printable(place.native())));
  remove_put_away(id);
}

void ObjectStore::remove_put_away(const Hash& id) { remove_tree(away_folder(id)); }

}  // namespace mlpipe
