#pragma once

#include <filesystem>

#include "base/file_lock.h"
#include "engine/state_directory.h"

namespace mlpipe {

/// A copy on its way to an output's `path:`, made beside it, on its filesystem. A note in the state
/// directory names it, locked while this object lives: what a killed process left is found by that,
/// and removed at the end of the next run.
///
/// The copy has two names, one after the other. What lies at making() is mlpipe's and may go, even
/// if it is a part. What lies at whole() trades places with what is at `path:`, and may be what
/// somebody wrote there in that moment: it goes only if it is seen to be mlpipe's.
class UnfinishedCopy {
 public:
  /// Writes the note; nothing is made beside `path` yet. Throws Error(system).
  UnfinishedCopy(const StateDirectory& state, const std::filesystem::path& path);
  /// Removes what lies at making(), and the note; the note stays if the copy could not be removed.
  ~UnfinishedCopy();
  UnfinishedCopy(const UnfinishedCopy&) = delete;
  UnfinishedCopy& operator=(const UnfinishedCopy&) = delete;

  [[nodiscard]] const std::filesystem::path& making() const { return making_; }
  [[nodiscard]] const std::filesystem::path& whole() const { return whole_; }
  /// From the first name to the second. Throws Error(system).
  void is_whole();
  /// What lies at whole() now is mlpipe's and is not needed. Throws Error(system).
  void may_go();

 private:
  std::filesystem::path making_;
  std::filesystem::path whole_;
  std::filesystem::path note_;
  LockFile lock_;
};

/// Remove what processes that live no more left beside outputs' paths. What cannot be removed now
/// keeps its note.
void remove_unfinished_copies(const StateDirectory& state);

}  // namespace mlpipe
