#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/collect_garbage.h"

namespace mlpipe {

/// A part of the state directory, and what it takes.
struct DiskPart {
  std::string name;
  Amount amount;
};

/// The whole state directory by its parts, the largest first.
struct DiskReport {
  std::vector<DiskPart> parts;
  std::uint64_t total_bytes = 0;
};

[[nodiscard]] DiskReport disk_report(const StateDirectory& state, History& history);

/// Whose disk use it is.
enum class DiskOwner : std::uint8_t { pipeline, step, run };

/// What the runs of one pipeline, its step, or one run take.
struct DiskShare {
  std::string pipeline;
  std::string name;                ///< A step's name, a run's id; of a pipeline "".
  std::uint64_t own_bytes = 0;     ///< Of objects that no other owner has.
  std::uint64_t shared_bytes = 0;  ///< Of objects that others have too.
  std::uint64_t log_bytes = 0;

  [[nodiscard]] std::uint64_t bytes() const { return own_bytes + shared_bytes + log_bytes; }
};

/// Of runs that are not deleted, the largest first.
[[nodiscard]] std::vector<DiskShare> disk_shares(const StateDirectory& state, History& history,
                                                 DiskOwner owner);

}  // namespace mlpipe
