#pragma once

#include <filesystem>
#include <vector>

#include "base/worker_pool.h"
#include "store/file_hash.h"
#include "store/object_manifest.h"
#include "store/walk.h"

namespace mlpipe {

/// Copy a walked tree into `to`, an empty folder, hashing on the way. One result for each file, in
/// the order of for_each_item(). `make_readable`: the tree is ours, give us the permissions.
[[nodiscard]] std::vector<HashedFile> copy_tree(Walk& walk, const std::filesystem::path& to,
                                                WorkerPool* pool, bool make_readable);

/// Make a walked tree that is ours into what the walk says, where it is: links that leave it
/// become what they lead to, others get their text, and a file with more than one name becomes a
/// file of its own.
void settle_in_place(Walk& walk);

/// Make all of an object's content read-only, then look at it: what its manifest says. `entries`
/// are those of the folder `content`, with their hashes. Throws Error(system) if it cannot.
[[nodiscard]] ObjectManifest seal(const std::filesystem::path& content,
                                  std::vector<TreeEntry> entries);

}  // namespace mlpipe
