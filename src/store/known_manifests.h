#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/file.h"
#include "base/hash.h"
#include "store/object_manifest.h"

namespace mlpipe {

/// The manifests of small objects that were read or written last, each with the stat of its file,
/// taken after the file's last change: while that is the same, so are the bytes. A step's inputs
/// are looked at several times within moments. Any number of threads.
class KnownManifests {
 public:
  /// Null if it is not known, or `file` looks different now.
  [[nodiscard]] std::shared_ptr<const ObjectManifest> find(const Hash& id, const FileStat& file);
  /// `manifest` describes the object.
  void remember(const Hash& id, const FileStat& file,
                std::shared_ptr<const ObjectManifest> manifest);

 private:
  static constexpr std::size_t most_entries = 64;  ///< Of an object that is small.
  static constexpr std::size_t half = 256;         ///< Of how many objects are known at most.

  struct Known {
    FileStat file;
    std::shared_ptr<const ObjectManifest> manifest;
  };
  using Table = std::unordered_map<Hash, Known, HashOfHash>;

  std::mutex mutex_;
  Table newer_;
  Table older_;  ///< Forgotten once `newer_` is full again.
};

}  // namespace mlpipe
