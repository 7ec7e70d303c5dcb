#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/file.h"
#include "base/hash.h"

namespace mlpipe {

/// Remembers the hash of a file's bytes under its path and stat, so that what has not moved is not
/// read again. A wrong answer here would be a wrong reuse, hence the rule (semantics.md 2): a
/// remembered hash holds only if dev, ino, size, mtime_ns and ctime_ns are all *equal*, and it is
/// remembered only if both times were older than the hashing by a margin (2 s; more on network
/// filesystems), "now" being read from the file's own filesystem.
///
/// One file on disk, read at construction and replaced at save(); a damaged or foreign file counts
/// as empty. Several processes may use the same file: the last to save wins, which costs a hash,
/// never a wrong one. All functions may be called from any thread.
class StatCache {
 public:
  /// `file` need not exist.
  explicit StatCache(std::filesystem::path file);
  ~StatCache();
  StatCache(const StatCache&) = delete;
  StatCache& operator=(const StatCache&) = delete;

  /// The hash of `path` (absolute) if `look` equals what was seen when it was hashed.
  [[nodiscard]] std::optional<Hash> find(const std::filesystem::path& path, const FileStat& look);

  /// Remember a hash. `look` was taken *before* the bytes were read and was equal after; `now_ns`
  /// is the time of the file's filesystem when the reading began (filesystem_now()). Too young:
  /// not remembered.
  void remember(const std::filesystem::path& path, const FileStat& look, const Hash& hash,
                std::int64_t now_ns);

  /// The time of the filesystem `dev` that holds `path`, for remember(): at most 100 ms old, which
  /// errs on the safe side.
  [[nodiscard]] std::int64_t now_for(const std::filesystem::path& path, std::uint64_t dev);

  /// Write to disk if anything changed. Entries not asked for in 30 days' time are dropped.
  /// Failure to write is not an error: the cache is only a cache.
  void save();

  [[nodiscard]] std::size_t size() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The current time of the filesystem `dev`, in ns since 1970, read from a file just made in
/// `scratch` if that is on the same filesystem, else from the machine's clock with the bigger
/// margin taken off. On a network filesystem the bigger margin is taken off in any case.
[[nodiscard]] std::int64_t filesystem_now(const std::filesystem::path& scratch, std::uint64_t dev);

}  // namespace mlpipe
