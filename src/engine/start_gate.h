#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/file_lock.h"
#include "base/hash.h"
#include "engine/compute.h"
#include "engine/step_environment.h"
#include "target/slots.h"

namespace mlpipe {

/// How many processors a machine behind SSH has; nothing if that is not known.
using ProcessorsElsewhere = std::function<std::optional<unsigned>(const ComputeTargetConfig&)>;

/// What may start now: the slots of this machine, and the right to execute a piece of work, both
/// shared with every other driver as kernel locks. Scheduler's thread only.
class StartGate {
 public:
  /// `most_steps` (`-j`): 0 for the targets' own limits. `elsewhere` is asked of targets that do
  /// not say. Pipeline and places outlive this object, and so does what `elsewhere` asks.
  /// Throws Error(system) if the locks cannot be made.
  StartGate(
      const Pipeline& pipeline, const Places& places, const Variables& caller, int most_steps,
      const std::filesystem::path& lock_file,
      const ProcessorsElsewhere& elsewhere = [](const auto& /*target*/) { return std::nullopt; });

  /// Take the step's slots on its target, all or nothing.
  [[nodiscard]] bool take_slots(StepId step);
  /// False if it cannot have them for want of what this driver itself holds: known without asking.
  [[nodiscard]] bool may_take_slots(StepId step) const { return slots_.may_take(request_of(step)); }
  void give_back_slots(StepId step);
  /// CUDA_VISIBLE_DEVICES for a step that holds GPU slots; nothing where it is to be left alone.
  [[nodiscard]] std::optional<std::string> visible_gpus(StepId step) const;

  /// Become the one driver that does this work (work_in()); false while another one does.
  [[nodiscard]] bool claim_work(const Hash& work);
  void release_work(const Hash& work);

  /// Requests that are larger than their target, for a warning: one text each, told once.
  [[nodiscard]] std::vector<std::string> take_notices();

 private:
  [[nodiscard]] SlotRequest request_of(StepId id) const;
  [[nodiscard]] bool asks_for_too_much_there(StepId id) const;

  const Pipeline& pipeline_;
  const Places& places_;
  ProcessorsElsewhere elsewhere_;
  Slots slots_;
  std::map<StepId, SlotLease> leases_;
  LockFile work_;
  std::vector<std::string> notices_;
};

/// The work that is done in the private directory of this name: the fingerprint, by which equal
/// steps share it; for a step that shares its work with none, a hash of its own.
[[nodiscard]] Hash work_in(std::string_view directory_name);

/// The lock's place in the file for a piece of work.
[[nodiscard]] std::uint64_t work_lock_offset(const Hash& work);

}  // namespace mlpipe
