#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

namespace mlpipe {

/// Whether the file has less on disk than it is long. Compressing filesystems say so too: a hint.
[[nodiscard]] inline bool has_holes(const struct stat& look) {
  return S_ISREG(look.st_mode) && look.st_blocks * 512 < look.st_size;
}

/// Where data begin, at `at` or after it; `size` if there are none up to there. Where the
/// filesystem does not know, everything is data.
[[nodiscard]] inline std::uint64_t next_data(int fd, std::uint64_t at, std::uint64_t size) {
  const off_t found = ::lseek(fd, static_cast<off_t>(at), SEEK_DATA);
  if (found < 0) return errno == ENXIO ? size : at;
  return std::min(static_cast<std::uint64_t>(found), size);
}

/// Where the data end that `at` lies in; `size` at most.
[[nodiscard]] inline std::uint64_t next_hole(int fd, std::uint64_t at, std::uint64_t size) {
  const off_t found = ::lseek(fd, static_cast<off_t>(at), SEEK_HOLE);
  return found < 0 ? size : std::min(static_cast<std::uint64_t>(found), size);
}

}  // namespace mlpipe
