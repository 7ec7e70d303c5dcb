#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/file.h"

namespace mlpipe {

/// Many locks in one file: each is one byte at an offset that the caller chooses, locked with an
/// open-file-description lock. The kernel lets go of all of them when this object or its process
/// ends, so nothing is ever left to unlock. Locks taken through the same object do not exclude
/// each other: keep count of your own.
class LockFile {
 public:
  /// Opens or creates the file. Throws Error(system).
  explicit LockFile(const std::filesystem::path& file);

  struct OnlyLook {};
  /// Only for held_elsewhere(): creates nothing, needs no right to write. Throws Error(system).
  LockFile(const std::filesystem::path& file, OnlyLook);

  /// Try to lock the byte for this object alone; false if another one holds it.
  [[nodiscard]] bool try_lock(std::uint64_t offset);
  void unlock(std::uint64_t offset);
  /// Whether somebody else holds the byte now.
  [[nodiscard]] bool held_elsewhere(std::uint64_t offset) const;
  /// The lowest offset that somebody else holds now; nothing if none is held.
  [[nodiscard]] std::optional<std::uint64_t> lowest_held_elsewhere() const;
  /// A process that is given this holds the locks too, until it closes it.
  [[nodiscard]] const Fd& descriptor() const { return fd_; }

 private:
  std::filesystem::path file_;
  Fd fd_;
};

}  // namespace mlpipe
