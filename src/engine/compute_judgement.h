#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "core/workspace.h"
#include "engine/health.h"
#include "remote/protocol.h"

namespace mlpipe {

/// What a machine has that steps share.
struct MachineFacts {
  bool is_here = true;
  unsigned processors = 1;
  std::uint64_t memory_bytes = 0;  ///< 0: not known.
  std::vector<std::uint32_t> devices;
  bool has_other_gpus = false;  ///< Whose numbers are not known.
};

[[nodiscard]] MachineFacts own_machine();

// What is to be said of what was found; nothing is looked at.

/// What a target shares out, against what its machine has: processors, memory, GPUs.
void judge_capacity(const ComputeTargetConfig& target, const MachineFacts& machine,
                    HealthReport& report);
/// `key` of mlpipe.yaml chooses another place.
void judge_space(std::uint64_t free_bytes, const std::filesystem::path& place, std::string_view key,
                 HealthReport& report);
/// Whether `folder`, of a machine behind SSH, can be written to by its owner and nobody else.
void judge_folder(const std::filesystem::path& folder, const PlaceAnswer& found,
                  HealthReport& report);
/// A machine's clock: what it said was asked for and answered at these times of ours.
void judge_clock(TimePoint asked, TimePoint said, TimePoint answered, HealthReport& report);
/// What steps need of a machine besides interpreters, and what runs have taken of it.
void judge_place(const PlaceAnswer& found, HealthReport& report);

}  // namespace mlpipe
