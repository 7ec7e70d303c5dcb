#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "engine/collection_choice.h"
#include "engine/state_directory.h"
#include "history/history.h"
#include "history/live_runs.h"

namespace mlpipe {

/// How many of something, and what they take on disk.
struct Amount {
  std::size_t count = 0;
  std::uint64_t bytes = 0;

  void add(std::uint64_t disk_bytes) {
    ++count;
    bytes += disk_bytes;
  }
};

/// A result whose outputs were given up, or would be.
struct CollectedResult {
  ResultKey key;
  CollectionCause cause = CollectionCause::not_shown;
  Duration duration{};
  TimePoint last_used{};
};

/// What went from the store of another machine. Bytes are those of its disk.
struct GarbageElsewhere {
  std::string target;  ///< The compute target's name.
  Amount objects;
  Amount directories;
  std::uint64_t kept_bytes = 0;
  Amount kept_directories;  ///< That steps left there which failed or were lost.
  std::string problem;      ///< Why nothing could be done there; empty: it could.
};

/// What gc did, or would do. Bytes are those of the disk.
struct GarbageReport {
  std::vector<CollectedResult> results;  ///< Oldest first.
  std::size_t downloads = 0;             ///< Forgotten: fetched again when a run needs them.
  Amount objects;                        ///< Outputs, snapshots of sources, downloads.
  Amount directories;
  Amount logs;
  Amount quarantined;
  Amount rest;     ///< What killed drivers and killed gcs left.
  Amount waiting;  ///< Objects that nothing refers to and a living run may be about to use.
  std::uint64_t kept_bytes = 0;  ///< What the store takes afterwards.
  BytesToStay to_stay;           ///< Of that.
  std::size_t used_later = 0;    ///< Results that by this machine's clock will be used some day.
  std::vector<std::string> problems;  ///< What could not be removed.
  std::set<Hash> needed;  ///< Objects that something still refers to, wherever they lie.
  std::vector<GarbageElsewhere> elsewhere;  ///< By collect_garbage_elsewhere().

  [[nodiscard]] std::uint64_t freed_bytes() const {
    return objects.bytes + directories.bytes + logs.bytes + quarantined.bytes + rest.bytes;
  }
};

/// What gc works on and was asked for.
struct GarbageRequest {
  CollectionRule rule;
  bool only_look = false;  ///< --dry-run: nothing is changed.
  /// Called once if another gc is at work here, whose end is waited for.
  std::function<void()> waits = [] {};
};

/// On a full disk, where not even a record can be written: give up the reserve and what is only
/// remembered. False if the disk is not full, or nothing was there to give up.
[[nodiscard]] bool make_room(const StateDirectory& state);

/// Remove what nobody can use any more, and what the rule says (semantics.md 3). Neither waits for
/// runs nor lets runs wait. Killed at any point, the next one finishes. Throws Error(system) if the
/// history cannot be written.
[[nodiscard]] GarbageReport collect_garbage(const StateDirectory& state, History& history,
                                            const LiveRuns& live, const GarbageRequest& request);

}  // namespace mlpipe
