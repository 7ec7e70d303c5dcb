#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "base/worker_pool.h"
#include "store/source_folder.h"
#include "store/stat_cache.h"
#include "store/tree_entry.h"

namespace mlpipe {

/// What was found at one place outside the store, at one moment.
struct Contents {
  FileKind kind = FileKind::file;
  bool executable = false;
  Hash hash;  ///< A file's bytes as one XXH3-128 stream; a folder's Merkle tree.
  std::uint64_t bytes = 0;
  std::vector<TreeEntry> entries;  ///< A folder's, parents before children, names sorted by bytes.
  /// Every path that was looked at, with what was seen *before* it was read.
  std::vector<std::pair<std::filesystem::path, FileStat>> looks;
  /// Where in a folder there are links that lead out of it, which count as what they point to.
  std::vector<std::filesystem::path> followed;
};

/// Hash what is at `path` (a top-level link is followed). A file: one stream. A folder: a Merkle
/// tree of name, kind, executable bit, size and hash, empty folders counted. A link inside counts
/// by its text if it resolves within the tree, else as what it points to; dangling or circular
/// links, FIFOs, sockets and devices are errors that name the path. Files are hashed in parallel.
/// Throws Error(system) (unreadable) or Error(invalid_file) (bad links and kinds).
[[nodiscard]] Contents hash_contents(const std::filesystem::path& path, StatCache& cache,
                                     WorkerPool& pool);

/// The same for a source directory and what is added to it: without what the ignore rules leave
/// out.
[[nodiscard]] Contents hash_source(const SourceFolder& source, StatCache& cache, WorkerPool& pool);

/// Look at everything in `contents.looks` again: the first path that moved (or went away), if any.
/// A folder whose names changed has moved, since a folder's own stat is among the looks.
[[nodiscard]] std::optional<std::filesystem::path> first_moved(const Contents& contents);

}  // namespace mlpipe
