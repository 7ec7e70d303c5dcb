#pragma once

#include <cstdint>
#include <filesystem>

#include "base/file.h"
#include "base/hash.h"

namespace mlpipe {

/// A file's bytes, read while it stood still.
struct HashedFile {
  FileStat look;  ///< Before the first byte was read; equal after the last.
  Hash hash;
  std::uint64_t bytes = 0;
};

/// Hash the file at `path` (links followed) as one XXH3-128 stream.
/// A file that moves while it is read is read again, a few times; then Error(system), as for one
/// that cannot be read. `make_readable`: the file is ours, give us the permission.
[[nodiscard]] HashedFile hash_file(const std::filesystem::path& path, bool make_readable = false);

/// The same while copying it to `to`, which is replaced if it is there: by reflink where the
/// filesystem can, else by copy. The hash is that of the copied bytes.
[[nodiscard]] HashedFile copy_and_hash(const std::filesystem::path& from,
                                       const std::filesystem::path& to, bool make_readable = false);

}  // namespace mlpipe
