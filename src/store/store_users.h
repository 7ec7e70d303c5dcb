#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/file_lock.h"

namespace mlpipe {

/// Who uses the store now. Each holds a kernel lock while it lives, at the offset of the moment it
/// began, so gc knows since when somebody may rely on an object that no record refers to yet. No
/// grace period has to be guessed, and nothing is left behind by a kill.
class StoreUsers {
 public:
  explicit StoreUsers(const std::filesystem::path& lock_file) : locks_(lock_file) {}
  /// Only for earliest_ns(): also on a read-only filesystem.
  StoreUsers(const std::filesystem::path& lock_file, LockFile::OnlyLook look)
      : locks_(lock_file, look) {}

  /// Be one of them from now on; gives the moment, in ns since 1970, to whole microseconds. To be
  /// called before anything is looked for in the store.
  [[nodiscard]] std::int64_t join();

  /// When the one began that has used the store for the longest, this one aside; nothing if there
  /// is none.
  [[nodiscard]] std::optional<std::int64_t> earliest_ns() const;

 private:
  LockFile locks_;
};

}  // namespace mlpipe
