#pragma once

#include <cstdint>
#include <string>

#include "base/file.h"
#include "base/hash.h"

namespace mlpipe {

/// One file, folder or link inside a tree.
struct TreeEntry {
  std::string path;  ///< Relative to the tree's root, '/' between names; raw bytes.
  FileKind kind = FileKind::file;
  bool executable = false;  ///< Files only.
  std::uint64_t size = 0;   ///< Files only.
  Hash hash;                ///< Of a file's bytes, a folder's tree, a link's text.
  std::string link;         ///< Links only: the text.
};

}  // namespace mlpipe
