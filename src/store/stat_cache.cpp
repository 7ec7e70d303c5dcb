#include "store/stat_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "store/encoding.h"
#include "store/filesystem_kind.h"

// The file, all numbers little-endian:
//
//   "mlpipe stats 1\n"                            format and version
//   number of entries                  64 bits
//   for each entry, in no order:
//     XXH3-128 of the path             16 bytes
//     dev, ino, size                   64 bits each
//     mtime_ns, ctime_ns               64 bits each
//     XXH3-128 of the file's bytes     16 bytes
//     day it was last asked for        32 bits, days since 1970
//   XXH3-128 of all of the above       16 bytes

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view stats_magic = "mlpipe stats 1\n";
constexpr std::size_t entry_size = 16 + 5 * 8 + 16 + 4;
constexpr std::size_t frame_size = stats_magic.size() + 8 + 16;
constexpr std::uint32_t days_kept = 30;
constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t margin_ns = 2 * second_ns;
constexpr std::int64_t bigger_margin_ns = 10 * second_ns;
/// Where we cannot ask a file server for its time and its clock may differ from ours.
constexpr std::int64_t foreign_margin_ns = 300 * second_ns;

struct CacheEntry {
  Hash path;
  FileStat look;
  Hash content;
  std::uint32_t day = 0;
};

std::uint32_t today() {
  const auto days = std::chrono::duration_cast<std::chrono::hours>(now().time_since_epoch()) / 24;
  return static_cast<std::uint32_t>(days.count());
}

std::int64_t machine_now_ns() { return to_micros(now()) * 1000; }

void append_cache_entry(std::string& out, const CacheEntry& entry) {
  out.append(entry.path.view());
  for (const std::uint64_t value : {entry.look.dev, entry.look.ino, entry.look.size,
                                    static_cast<std::uint64_t>(entry.look.mtime_ns),
                                    static_cast<std::uint64_t>(entry.look.ctime_ns)})
    append_number(out, value, 8);
  out.append(entry.content.view());
  append_number(out, entry.day, 4);
}

CacheEntry read_cache_entry(ByteReader& reader) {
  CacheEntry entry;
  entry.path = reader.hash();
  entry.look.dev = reader.number(8);
  entry.look.ino = reader.number(8);
  entry.look.size = reader.number(8);
  entry.look.mtime_ns = static_cast<std::int64_t>(reader.number(8));
  entry.look.ctime_ns = static_cast<std::int64_t>(reader.number(8));
  entry.content = reader.hash();
  entry.day = static_cast<std::uint32_t>(reader.number(4));
  return entry;
}

/// The entries in the cache file's bytes; none if they are not whole.
std::vector<CacheEntry> read_entries(std::string_view bytes) {
  std::vector<CacheEntry> entries;
  if (bytes.size() < frame_size || !bytes.starts_with(stats_magic)) return entries;
  const std::string_view body = bytes.substr(0, bytes.size() - 16);
  if (hash_bytes(body).view() != bytes.substr(body.size())) return entries;
  ByteReader reader(body.substr(stats_magic.size()));
  const std::uint64_t count = reader.number(8);
  if (count != reader.left() / entry_size || reader.left() % entry_size != 0) return entries;
  entries.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) entries.push_back(read_cache_entry(reader));
  return entries;
}

}  // namespace

/// A hash table: `slots` hold 1 + an index into `entries`, 0 if free; the table is at most half
/// full and a path's slot is the first free one after where its hash points.
struct StatCache::State {
  fs::path file;
  mutable std::mutex mutex;
  std::vector<CacheEntry> entries;
  std::vector<std::uint32_t> slots;
  std::uint32_t day = 0;
  bool changed = false;

  struct Probe {
    std::chrono::steady_clock::time_point taken;
    std::int64_t now_ns = 0;
  };
  std::mutex probes_mutex;
  std::map<std::uint64_t, Probe> probes;  ///< By filesystem.

  std::uint32_t& slot_of(const Hash& path) {
    const std::size_t mask = slots.size() - 1;
    std::size_t at = HashOfHash{}(path)&mask;
    while (slots[at] != 0 && entries[slots[at] - 1].path != path) at = (at + 1) & mask;
    return slots[at];
  }

  void index_all(std::size_t room) {
    std::size_t size = 64;
    while (size < 2 * room) size *= 2;
    slots.assign(size, 0);
    for (std::size_t i = 0; i < entries.size(); ++i)
      slot_of(entries[i].path) = static_cast<std::uint32_t>(i + 1);
  }
};

StatCache::StatCache(fs::path file) : state_(std::make_unique<State>()) {
  state_->file = std::move(file);
  state_->day = today();
  try {
    if (stat_file(state_->file)) state_->entries = read_entries(read_file(state_->file));
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the cache is only a cache
  }
  state_->index_all(state_->entries.size());
}

StatCache::~StatCache() = default;

std::optional<Hash> StatCache::find(const fs::path& path, const FileStat& look) {
  const Hash key = hash_bytes(path.native());
  const std::lock_guard lock(state_->mutex);
  const std::uint32_t slot = state_->slot_of(key);
  if (slot == 0) return std::nullopt;
  CacheEntry& entry = state_->entries[slot - 1];
  if (!entry.look.same_content_as(look)) return std::nullopt;
  if (entry.day != state_->day) {
    entry.day = state_->day;
    state_->changed = true;
  }
  return entry.content;
}

void StatCache::remember(const fs::path& path, const FileStat& look, const Hash& hash,
                         std::int64_t now_ns) {
  if (std::max(look.mtime_ns, look.ctime_ns) >= now_ns - margin_ns) return;
  const Hash key = hash_bytes(path.native());
  const std::lock_guard lock(state_->mutex);
  if (2 * (state_->entries.size() + 1) > state_->slots.size())
    state_->index_all(2 * (state_->entries.size() + 1));
  std::uint32_t& slot = state_->slot_of(key);
  if (slot == 0) {
    state_->entries.emplace_back();
    slot = static_cast<std::uint32_t>(state_->entries.size());
  }
  state_->entries[slot - 1] = {.path = key, .look = look, .content = hash, .day = state_->day};
  state_->changed = true;
}

std::int64_t StatCache::now_for(const fs::path& path, std::uint64_t dev) {
  constexpr std::chrono::milliseconds good_for{100};
  const std::lock_guard lock(state_->probes_mutex);
  const auto before = std::chrono::steady_clock::now();
  auto& probe = state_->probes[dev];
  if (probe.now_ns != 0 && before - probe.taken < good_for) return probe.now_ns;
  const fs::path scratch = state_->file.parent_path();
  const auto scratch_look = stat_file(scratch);
  const bool foreign = !scratch_look || scratch_look->dev != dev;
  probe.now_ns = foreign && on_network_filesystem(path) ? machine_now_ns() - foreign_margin_ns
                                                        : filesystem_now(scratch, dev);
  probe.taken = before;
  return probe.now_ns;
}

void StatCache::save() {
  const std::lock_guard lock(state_->mutex);
  if (!state_->changed) return;
  std::string body(stats_magic);
  body.reserve(frame_size + state_->entries.size() * entry_size);
  append_number(body, 0, 8);
  std::uint64_t count = 0;
  for (const auto& entry : state_->entries) {
    if (entry.day + days_kept < state_->day) continue;
    append_cache_entry(body, entry);
    ++count;
  }
  std::string number;
  append_number(number, count, 8);
  body.replace(stats_magic.size(), number.size(), number);
  body.append(hash_bytes(body).view());
  try {
    write_file_atomically(state_->file, body);
    state_->changed = false;
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the cache is only a cache
  }
}

std::size_t StatCache::size() const {
  const std::lock_guard lock(state_->mutex);
  return state_->entries.size();
}

std::int64_t filesystem_now(const fs::path& scratch, std::uint64_t dev) {
  struct stat folder {};
  if (::stat(scratch.c_str(), &folder) == 0 && folder.st_dev == dev) {
    std::string name = (scratch / "clock-XXXXXX").native();
    const Fd fd(::mkostemp(name.data(), O_CLOEXEC));
    if (fd) {
      ::unlink(name.c_str());
      struct stat raw {};
      if (::fstat(fd.get(), &raw) == 0) {
        const std::int64_t now_ns = to_file_stat(raw).mtime_ns;
        return on_network_filesystem(scratch) ? now_ns - bigger_margin_ns : now_ns;
      }
    }
  }
  return machine_now_ns() - bigger_margin_ns;
}

}  // namespace mlpipe
