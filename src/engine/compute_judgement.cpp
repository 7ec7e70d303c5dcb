#include "engine/compute_judgement.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "base/text.h"
#include "remote/place_look.h"

namespace mlpipe {

namespace {

void judge_processors(const ComputeTargetConfig& target, const MachineFacts& machine,
                      HealthReport& report) {
  const auto shared = target.cpus ? static_cast<unsigned>(*target.cpus) : machine.processors;
  if (shared > machine.processors) {
    report.warning(
        "processors",
        fmt::format("it shares out {} cpus, and the machine has {}", shared, machine.processors),
        "give it fewer, unless steps are meant to share processors");
    return;
  }
  auto text = fmt::format("{}", machine.processors);
  if (target.cpus) text += fmt::format(", of which steps get {}", shared);
  if (target.max_concurrent_steps)
    text += fmt::format(
        "; at most {} at a time",
        counted(static_cast<std::size_t>(std::max(0, *target.max_concurrent_steps)), "step"));
  report.ok("processors", text);
}

void judge_memory(const ComputeTargetConfig& target, const MachineFacts& machine,
                  HealthReport& report) {
  const auto has = machine.memory_bytes;
  const auto shared = target.memory_bytes.value_or(0);
  if (has > 0 && shared > has)
    report.warning("memory",
                   fmt::format("it shares out {} of memory, and the machine has {}",
                               size_text(shared), size_text(has)),
                   "give it less, or steps may be killed for want of memory");
  else
    report.ok("memory", fmt::format("{}{}", has == 0 ? "not known" : size_text(has),
                                    shared == 0 ? ", not counted"
                                                : ", of which steps get " + size_text(shared)));
}

void judge_gpus(const ComputeTargetConfig& target, const MachineFacts& machine,
                HealthReport& report) {
  const auto& there = machine.devices;
  const auto shared = target.gpus.value_or(std::vector<int>{});
  bool all = true;
  for (const int device : shared) {
    const auto found = std::find(there.begin(), there.end(), static_cast<std::uint32_t>(device));
    if (found != there.end() || machine.has_other_gpus) continue;
    all = false;
    report.warning(
        "GPUs",
        fmt::format("there is no GPU {} on {} machine", device, machine.is_here ? "this" : "that"),
        "correct its `gpus:`, or see whether the driver is loaded");
  }
  if (!all) return;
  std::string text = there.empty()            ? "none"
                     : machine.has_other_gpus ? "NVIDIA and AMD"
                                              : fmt::format("{}", fmt::join(there, ", "));
  if (there.empty() && machine.has_other_gpus) text = "AMD, whose numbers are not looked at";
  if (!shared.empty())
    text += fmt::format("; shared out: {}", fmt::join(shared, ", "));
  else if (!there.empty() || machine.has_other_gpus)
    text += "; none is shared out (`gpus:`)";
  report.ok("GPUs", text);
}

}  // namespace

MachineFacts own_machine() {
  const auto pages = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES)));
  const auto page = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PAGESIZE)));
  return {.processors = std::max(1U, std::thread::hardware_concurrency()),
          .memory_bytes = pages * page,
          .devices = nvidia_devices(),
          .has_other_gpus = ::access("/dev/kfd", F_OK) == 0};
}

void judge_capacity(const ComputeTargetConfig& target, const MachineFacts& machine,
                    HealthReport& report) {
  judge_processors(target, machine, report);
  judge_memory(target, machine, report);
  judge_gpus(target, machine, report);
}

void judge_space(std::uint64_t free_bytes, const std::filesystem::path& place, std::string_view key,
                 HealthReport& report) {
  constexpr std::uint64_t very_little = 100'000'000;
  constexpr std::uint64_t little = 1'000'000'000;
  const auto text =
      fmt::format("{} free for '{}'", size_text(free_bytes), printable(place.native()));
  const auto advice = fmt::format("free some space there, or choose another place with `{}:`", key);
  if (free_bytes < very_little)
    report.problem("space", text, advice);
  else if (free_bytes < little)
    report.warning("space", text, advice);
  else
    report.ok("space", text);
}

void judge_folder(const std::filesystem::path& folder, const PlaceAnswer& found,
                  HealthReport& report) {
  constexpr std::uint32_t own_only = 0700;
  const auto name = printable(folder.native());
  if (!found.write_problem.empty()) {
    report.problem("folder", found.write_problem,
                   "no step can run there: make room, or set `root:` to a folder that you own");
    return;
  }
  const auto before = report.checks().size();
  if (found.rights != own_only)
    report.warning("folder", fmt::format("'{}' has the rights {:04o}", name, found.rights),
                   fmt::format("on that machine: chmod 700 {}", shell_quoted(folder.native())));
  for (const auto& open : found.open_folders)
    report.warning("folder",
                   fmt::format("'{}' is another user's, or others may write to it, and so change "
                               "what is run",
                               printable(open)),
                   fmt::format("on that machine: chmod go-w {}", shell_quoted(open)));
  if (report.checks().size() == before)
    report.ok("folder", fmt::format("'{}', which only its owner can read and write", name));
}

void judge_clock(TimePoint asked, TimePoint said, TimePoint answered, HealthReport& report) {
  constexpr std::chrono::seconds tolerance(60);
  // Where between the two it said so is not known.
  const bool behind = said < asked;
  const Duration apart = behind ? asked - said : said > answered ? said - answered : Duration(0);
  if (apart > tolerance)
    report.warning(
        "clock",
        fmt::format("it is {} {} ours", duration_text(apart), behind ? "behind" : "ahead of"),
        "set both clocks right (NTP): until then the times of its steps are wrong");
  else
    report.ok("clock", apart == Duration(0) ? std::string("it agrees with ours")
                                            : fmt::format("{} {} ours", duration_text(apart),
                                                          behind ? "behind" : "ahead of"));
}

void judge_place(const PlaceAnswer& found, HealthReport& report) {
  if (found.has_bash)
    report.ok("bash", "'/bin/bash'");
  else
    report.problem("bash", "there is no '/bin/bash': no command step can run", "install bash");
  if (!found.slot_problem.empty())
    report.problem("slots", found.slot_problem,
                   "no step can start: mend it, or name another folder with MLPIPE_SLOT_DIRECTORY");
  else
    report.ok("slots", found.taken_slots.empty()
                           ? std::string("none taken")
                           : "taken by runs of this user: " + found.taken_slots);
}

}  // namespace mlpipe
