// In the slot directory: `gate` (byte 0: somebody is taking), `cpus`, `memory`, `gpus` and
// `steps-<target>` (byte N: slot N is taken). The files stay empty; only their locks mean
// something.
#include "target/slots.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <numeric>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

std::vector<unsigned> first_numbers(std::uint64_t count) {
  std::vector<unsigned> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0U);
  return numbers;
}

std::vector<unsigned> sorted_unique(std::vector<unsigned> numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

/// A file name for a target's name, which may hold anything.
std::string steps_file(const std::string& target) {
  std::string name = "steps-";
  for (const char c : target) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_';
    name += plain ? std::string(1, c) : fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  return name;
}

/// Of a file with so many locks that are held: "2 cpus", "1 step of 'gpu-box'".
std::string held_text(const std::string& file, std::size_t held) {
  constexpr std::string_view steps = "steps-";
  if (file == "cpus") return counted(held, "cpu");
  if (file == "gpus") return counted(held, "GPU");
  if (file == "memory") return size_text(held * Slots::memory_unit) + " of memory";
  if (!file.starts_with(steps)) return fmt::format("{} of {}", held, printable(file));
  return fmt::format("{} of '{}'", counted(held, "step"), printable(file.substr(steps.size())));
}

}  // namespace

Slots::Kind::Kind(const fs::path& file, std::vector<unsigned> slots)
    : locks_(file),
      slots_(std::move(slots)),
      held_(slots_.size()),
      free_(static_cast<unsigned>(slots_.size())) {}

bool Slots::Kind::take(unsigned count, std::vector<unsigned>& taken) {
  if (count > free_) return false;  // mostly there is one driver, which so knows without asking
  for (std::size_t i = 0; i < slots_.size() && taken.size() < count; ++i) {
    if (held_[i] || !locks_.try_lock(slots_[i])) continue;
    held_[i] = true;
    --free_;
    taken.push_back(slots_[i]);
  }
  return taken.size() == count;
}

bool Slots::Kind::lacks(std::uint64_t wanted) const {
  std::uint64_t there = 0;
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (!held_[i] && !locks_.held_elsewhere(slots_[i])) ++there;
  return there < std::min<std::uint64_t>(wanted, slots_.size());
}

void Slots::Kind::release(const std::vector<unsigned>& taken) {
  for (const unsigned slot : taken) {
    const auto at = std::lower_bound(slots_.begin(), slots_.end(), slot);
    const auto i = static_cast<std::size_t>(at - slots_.begin());
    if (at == slots_.end() || *at != slot || !held_[i]) continue;
    locks_.unlock(slot);
    held_[i] = false;
    ++free_;
  }
}

Slots::Slots(const fs::path& directory, const SlotCapacity& capacity)
    : gate_(directory / "gate"),
      cpus_(directory / "cpus", first_numbers(capacity.cpus)),
      memory_(directory / "memory", first_numbers(capacity.memory_bytes / memory_unit)),
      gpus_(directory / "gpus", sorted_unique(capacity.gpus)) {
  for (const auto& [target, count] : capacity.steps)
    steps_.emplace(target, Kind(directory / steps_file(target), first_numbers(count)));
}

/// Be the only one that takes. It is a matter of microseconds, so it is worth a few tries.
bool Slots::enter() {
  for (int i = 0; i < 100; ++i) {
    if (gate_.try_lock(0)) return true;
    std::this_thread::yield();
  }
  return false;
}

std::uint64_t Slots::memory_slots(const SlotRequest& request) const {
  if (memory_.size() == 0) return 0;
  return request.memory_bytes / memory_unit + (request.memory_bytes % memory_unit != 0 ? 1 : 0);
}

bool Slots::may_take(const SlotRequest& request) const {
  const auto may_have = [](const Kind& kind, std::uint64_t wanted) {
    return std::min<std::uint64_t>(wanted, kind.size()) <= kind.free();
  };
  const auto steps = steps_.find(request.target);
  return (steps == steps_.end() || may_have(steps->second, 1)) && may_have(cpus_, request.cpus) &&
         may_have(memory_, memory_slots(request)) && may_have(gpus_, request.gpus);
}

std::optional<SlotLease> Slots::try_take(const SlotRequest& request) {
  const auto memory_wanted = memory_slots(request);
  const auto cpus = std::min(request.cpus, cpus_.size());
  const auto memory = static_cast<unsigned>(std::min<std::uint64_t>(memory_wanted, memory_.size()));
  const auto gpus = std::min(request.gpus, gpus_.size());
  SlotLease lease;
  lease.target = request.target;
  lease.clamped = cpus < request.cpus || memory < memory_wanted || gpus < request.gpus;

  if (!may_take(request)) return std::nullopt;
  if (!enter()) return std::nullopt;
  bool all = true;
  const auto steps = steps_.find(request.target);
  if (steps != steps_.end() && steps->second.size() > 0) {
    std::vector<unsigned> step;
    all = steps->second.take(1, step);
    if (all) lease.step = step.front();
  }
  all = all && cpus_.take(cpus, lease.cpus) && memory_.take(memory, lease.memory_units) &&
        gpus_.take(gpus, lease.gpus);
  if (!all) release(lease);
  gate_.unlock(0);
  if (!all) return std::nullopt;
  return lease;
}

std::string Slots::lacking(const SlotRequest& request) const {
  const auto gpus = std::min(request.gpus, gpus_.size());
  if (gpus_.lacks(gpus)) return counted(gpus, "GPU");
  if (const auto steps = steps_.find(request.target);
      steps != steps_.end() && steps->second.lacks(1))
    return fmt::format("a free place (`max_concurrent_steps: {}`)", steps->second.size());
  if (memory_.lacks(memory_slots(request)))
    return fmt::format("{} of memory", size_text(request.memory_bytes));
  const auto cpus = std::min(request.cpus, cpus_.size());
  return cpus_.lacks(cpus) ? counted(cpus, "cpu") : std::string();
}

void Slots::release(const SlotLease& lease) {
  const auto steps = steps_.find(lease.target);
  if (lease.step && steps != steps_.end()) steps->second.release({*lease.step});
  cpus_.release(lease.cpus);
  memory_.release(lease.memory_units);
  gpus_.release(lease.gpus);
}

void make_private_folder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    fail_errno(errno, fmt::format("cannot make the folder '{}'", printable(folder.native())));
  struct stat look {};
  if (::lstat(folder.c_str(), &look) != 0)
    fail_errno(errno, fmt::format("cannot access '{}'", printable(folder.native())));
  if (!S_ISDIR(look.st_mode))
    fail(ErrorKind::system,
         "cannot share this machine with other runs: '{}' is not a folder (remove it, or name "
         "another with MLPIPE_SLOT_DIRECTORY)",
         printable(folder.native()));
  if (look.st_uid != ::geteuid() || (look.st_mode & 0022U) != 0)
    fail(ErrorKind::system,
         "cannot share this machine with other runs: '{}' belongs to another user, or others may "
         "write to it (remove it, or name another with MLPIPE_SLOT_DIRECTORY)",
         printable(folder.native()));
}

fs::path slot_directory_name() {
  const char* const chosen = ::getenv("MLPIPE_SLOT_DIRECTORY");
  if (chosen != nullptr && *chosen != '\0') return chosen;
  const bool in_memory = ::access("/dev/shm", W_OK | X_OK) == 0;
  return fs::path(in_memory ? "/dev/shm" : "/tmp") / fmt::format("mlpipe-{}", ::geteuid());
}

fs::path slot_directory() {
  fs::path folder = slot_directory_name();
  if (folder.has_parent_path()) make_folders(folder.parent_path());
  make_private_folder(folder);
  return folder;
}

std::string taken_slots_text(const fs::path& folder) {
  constexpr std::uint64_t most = 1024;
  std::string text;
  if (!stat_file(folder)) return text;
  for (const auto& file : list_names(folder)) {
    if (file == "gate") continue;
    const LockFile locks(folder / file, LockFile::OnlyLook{});
    std::size_t held = 0;
    for (std::uint64_t slot = 0; slot < most; ++slot) held += locks.held_elsewhere(slot) ? 1U : 0U;
    if (held > 0) text += (text.empty() ? "" : ", ") + held_text(file, held);
  }
  return text;
}

std::vector<unsigned> usable_gpus(const std::vector<unsigned>& configured,
                                  std::optional<std::string_view> visible) {
  if (!visible) return sorted_unique(configured);
  std::vector<unsigned> allowed;
  for (const auto entry : split(*visible, ',')) {
    const auto text = trim(entry);
    unsigned number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || rest != text.data() + text.size()) break;
    if (std::find(configured.begin(), configured.end(), number) != configured.end())
      allowed.push_back(number);
  }
  return sorted_unique(std::move(allowed));
}

}  // namespace mlpipe
