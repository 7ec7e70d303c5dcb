#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "store/object_manifest.h"
#include "store/tree_entry.h"

namespace mlpipe {

/// Where in the objects of a store files lie, by the hashes of their bytes: what is there need not
/// be brought. It goes by manifests, and nothing of it is sure: objects go away, and are damaged,
/// so whoever copies a file has to hash it. Made when it is first asked. Any number of threads.
class StoredFiles {
 public:
  using ContentFolder = std::function<std::filesystem::path(const Hash&)>;

  /// `content_of` says where an object's files lie.
  explicit StoredFiles(ContentFolder content_of) : content_of_(std::move(content_of)) {}

  /// A file with the bytes of each of the entries; empty: none is known, or it is no file, or an
  /// empty one. `there` are the objects that there are now, sorted.
  [[nodiscard]] std::vector<std::filesystem::path> find(const std::vector<Hash>& there,
                                                        const std::vector<TreeEntry>& entries);

 private:
  // Against stores that are larger than what they save: at most so many manifests are read at
  // once, those of the objects used last, and 60 MB of memory are taken.
  static constexpr std::size_t most_objects = 4096;
  static constexpr std::size_t most_files = 1'000'000;

  struct Place {
    std::uint32_t object = 0;  ///< Of `read_`.
    std::uint32_t entry = 0;
  };

  void update(const std::vector<Hash>& there);
  [[nodiscard]] std::vector<Hash> last_used(const std::vector<Hash>& objects) const;
  void add(const Hash& object);
  [[nodiscard]] std::optional<ObjectManifest> manifest_of(const Hash& object) const;

  ContentFolder content_of_;
  std::mutex mutex_;
  std::vector<Hash> seen_;  ///< Sorted.
  std::vector<Hash> read_;
  std::unordered_map<Hash, Place, HashOfHash> places_;
};

}  // namespace mlpipe
