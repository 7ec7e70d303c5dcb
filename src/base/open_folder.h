#pragma once

#include <dirent.h>

#include <memory>

namespace mlpipe {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

/// What opendir() gave, if it gave anything; closes it.
using OpenFolder = std::unique_ptr<DIR, CloseFolder>;

}  // namespace mlpipe
