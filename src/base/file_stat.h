#pragma once

#include <cstdint>

namespace mlpipe {

enum class FileKind : std::uint8_t { file, folder, link, other };

/// What one look at a file says. Two looks that are equal in dev, ino, size, mtime_ns and ctime_ns
/// saw the same bytes, if both times are old enough (semantics.md 2, stat cache).
struct FileStat {
  FileKind kind = FileKind::other;
  bool executable = false;  ///< The owner's x bit.
  std::uint64_t dev = 0;
  std::uint64_t ino = 0;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  std::uint64_t links = 1;  ///< Number of hard links.

  /// Equal in the five values that stand for the content.
  [[nodiscard]] bool same_content_as(const FileStat& other) const {
    return dev == other.dev && ino == other.ino && size == other.size &&
           mtime_ns == other.mtime_ns && ctime_ns == other.ctime_ns;
  }
};

}  // namespace mlpipe
