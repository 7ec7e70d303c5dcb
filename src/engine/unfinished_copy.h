#pragma once

#include <filesystem>
#include <vector>

#include "base/file_lock.h"
#include "base/hash.h"
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
  /// `ours` are hashes of contents that are mlpipe's: of the copy, and of what it is to replace.
  /// Writes the note; nothing is made beside `path` yet. Throws Error(system).
  UnfinishedCopy(const StateDirectory& state, const std::filesystem::path& path,
                 std::vector<Hash> ours);
  /// Removes what lies at making(), and the note if then nothing is left.
  ~UnfinishedCopy();
  UnfinishedCopy(const UnfinishedCopy&) = delete;
  UnfinishedCopy& operator=(const UnfinishedCopy&) = delete;

  [[nodiscard]] const std::filesystem::path& making() const { return making_; }
  [[nodiscard]] const std::filesystem::path& whole() const { return whole_; }
  /// From the first name to the second. Throws Error(system).
  void is_whole();
  /// What lies at whole() now was seen to be mlpipe's, and is not needed. Throws Error(system).
  void may_go();
  /// The same if it is seen to be, by its contents; else it stays there. Throws Error(system).
  void may_go_if_ours();

 private:
  std::vector<Hash> ours_;
  std::filesystem::path making_;
  std::filesystem::path whole_;
  std::filesystem::path note_;
  LockFile lock_;
};

/// Clear up what processes that live no more left beside outputs' paths: copies go, and what
/// somebody wrote there in the moment of a trade gets its place back. What cannot be settled now
/// keeps its note.
void remove_unfinished_copies(const StateDirectory& state);

/// What killed processes were making, and what the next run removes.
[[nodiscard]] std::vector<std::filesystem::path> parts_left(const StateDirectory& state);

/// Something of somebody's that lies beside a path since a process was killed.
struct PutAside {
  std::filesystem::path path;
  std::filesystem::path place;  ///< Where it lies now.
};

/// What remove_unfinished_copies() could not give its place back.
[[nodiscard]] std::vector<PutAside> contents_put_aside(const StateDirectory& state);

}  // namespace mlpipe
