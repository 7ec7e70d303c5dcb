#pragma once

#include <vector>

#include "base/hash.h"
#include "store/contents.h"

namespace mlpipe {

/// Fill in the hashes of the folders among `entries` (a folder's, parents before children, names
/// sorted by bytes; hashes of files and links given) and return that of the folder itself. The
/// encoding is described in tree_hash.cpp.
Hash hash_tree(std::vector<TreeEntry>& entries);

/// The tree hash of a folder that holds one file.
[[nodiscard]] Hash hash_of_folder_with(TreeEntry file);

}  // namespace mlpipe
