#pragma once

#include <vector>

#include "base/hash.h"
#include "store/tree_entry.h"

namespace mlpipe {

/// Fill in the hashes of the folders among `entries` (a folder's, parents before children, names
/// sorted by bytes; hashes of files and links given) and return that of the folder itself. The
/// encoding is described in tree_hash.cpp.
Hash hash_tree(std::vector<TreeEntry>& entries);

}  // namespace mlpipe
