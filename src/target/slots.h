#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_lock.h"

namespace mlpipe {

/// What all drivers of this user may use of this machine together, as this driver sees it.
struct SlotCapacity {
  std::map<std::string, unsigned> steps;  ///< Per compute target; not named or 0: no limit.
  unsigned cpus = 1;
  std::uint64_t memory_bytes = 0;  ///< 0: not counted.
  std::vector<unsigned> gpus;      ///< Device numbers; see usable_gpus().

  bool operator==(const SlotCapacity&) const = default;
};

/// What one job needs. Every job also takes one step slot of its target.
struct SlotRequest {
  std::string target;
  unsigned cpus = 1;
  std::uint64_t memory_bytes = 0;
  unsigned gpus = 0;
};

/// What was taken; give it back with Slots::release().
struct SlotLease {
  std::vector<unsigned> gpus;  ///< The device numbers for CUDA_VISIBLE_DEVICES, ascending.
  /// The request was more than there is at all; it got all there is. Worth a warning.
  bool clamped = false;

  std::string target;
  std::vector<unsigned> cpus;          ///< Which slots; no cores.
  std::vector<unsigned> memory_units;  ///< Which slots.
  std::optional<unsigned> step;        ///< Which slot; nothing where there is no limit.
};

/// The slots of this machine, shared by all drivers of the user: kernel locks in files, so a driver
/// that dies gives back what it held, and there is nothing to clean up. Which slot of a kind is
/// taken does not matter, but for GPUs, where it is the device number.
///
/// Nothing tells when another driver gives something back: if try_take() finds nothing, try again
/// when an own job has ended, or after some 100 ms. Not thread-safe: the scheduler's thread only.
class Slots {
 public:
  /// Memory is counted in units of this many bytes; a request is rounded up.
  static constexpr std::uint64_t memory_unit = std::uint64_t{256} << 20U;

  /// `directory` must exist (slot_directory() gives one). Throws Error(system).
  Slots(const std::filesystem::path& directory, const SlotCapacity& capacity);

  /// All that is asked for or nothing. A request beyond the capacity is cut down to it, else it
  /// would wait for ever. When several drivers try at the same moment one of them gets through.
  /// Throws Error(system).
  [[nodiscard]] std::optional<SlotLease> try_take(const SlotRequest& request);

  /// False if try_take() would find nothing for what this object itself holds: asks no other
  /// driver.
  [[nodiscard]] bool may_take(const SlotRequest& request) const;

  void release(const SlotLease& lease);

  /// What of it others have now, so that it cannot be had: "1 GPU", "2 cpus" …; "" if all is free.
  /// Throws Error(system).
  [[nodiscard]] std::string lacking(const SlotRequest& request) const;

 private:
  /// One kind of slot: a file with a lock for each. Counts its own, which the locks do not.
  class Kind {
   public:
    Kind(const std::filesystem::path& file, std::vector<unsigned> slots);
    /// Take up to `count` slots into `taken`; false if not all could be had.
    [[nodiscard]] bool take(unsigned count, std::vector<unsigned>& taken);
    void release(const std::vector<unsigned>& taken);
    [[nodiscard]] unsigned size() const { return static_cast<unsigned>(slots_.size()); }
    [[nodiscard]] unsigned free() const { return free_; }
    /// Not so many can be had now, of as many as there are.
    [[nodiscard]] bool lacks(std::uint64_t wanted) const;

   private:
    LockFile locks_;
    std::vector<unsigned> slots_;
    std::vector<bool> held_;  ///< By this object; beside slots_.
    unsigned free_ = 0;       ///< Not held by this object.
  };

  [[nodiscard]] bool enter();
  [[nodiscard]] std::uint64_t memory_slots(const SlotRequest& request) const;

  LockFile gate_;
  std::map<std::string, Kind> steps_;
  Kind cpus_;
  Kind memory_;
  Kind gpus_;
};

/// Where this user's slots on this machine are: $MLPIPE_SLOT_DIRECTORY, else /dev/shm/mlpipe-<uid>,
/// else /tmp/mlpipe-<uid>; made if need be. Throws Error(system) if it is not this user's own
/// private folder.
[[nodiscard]] std::filesystem::path slot_directory();

/// Where slot_directory() is, or would be. Nothing is made.
[[nodiscard]] std::filesystem::path slot_directory_name();

/// The slots in such a folder that are taken now, by whomever: "2 cpus, 1 step of 'local'"; ""
/// if none are, or it is not there. Throws Error(system).
[[nodiscard]] std::string taken_slots_text(const std::filesystem::path& folder);

/// Make `folder` (mode 0700) if it is not there. Throws Error(system) if it is no folder, another
/// user's, or others may write to it.
void make_private_folder(const std::filesystem::path& folder);

/// The `configured` devices that the caller may use: all if its CUDA_VISIBLE_DEVICES is not set,
/// else those it names by number. As CUDA does, the list is read up to the first entry that is
/// none; devices given by UUID cannot be matched with numbers and end it too.
[[nodiscard]] std::vector<unsigned> usable_gpus(const std::vector<unsigned>& configured,
                                                std::optional<std::string_view> visible);

}  // namespace mlpipe
