#pragma once

#include <filesystem>
#include <utility>
#include <vector>

#include "base/worker_pool.h"
#include "store/file_hash.h"
#include "store/stat_cache.h"
#include "store/tree_entry.h"
#include "store/walk.h"

namespace mlpipe {

/// Hash one file unless the cache knows it; then remember it.
[[nodiscard]] HashedFile hash_remembered(const std::filesystem::path& path, const FileStat& look,
                                         StatCache& cache);

/// Hash all files of the walk that the cache does not know, on all threads. One result for each
/// file, in the order of for_each_item().
[[nodiscard]] std::vector<HashedFile> hash_files(Walk& walk, StatCache& cache, WorkerPool& pool);

/// The walk's items as a tree's entries, with `files` as hash_files() gives them. The hashes of
/// folders are left to hash_tree().
[[nodiscard]] std::vector<TreeEntry> to_entries(Walk& walk, const std::vector<HashedFile>& files);

/// What was looked at: the root, and every file and folder. Links are not: replacing one moves its
/// folder.
[[nodiscard]] std::vector<std::pair<std::filesystem::path, FileStat>> looks_of(
    Walk& walk, const std::vector<HashedFile>& files);

/// Where the files of a walk are, in the order of for_each_item().
[[nodiscard]] std::vector<std::pair<const WalkedFolder*, const WalkedItem*>> files_of(Walk& walk);

}  // namespace mlpipe
