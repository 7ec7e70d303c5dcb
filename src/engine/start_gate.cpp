#include "engine/start_gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <thread>

namespace mlpipe {

namespace {

/// The processors of this machine that this process may use. The C library reads a file for it.
unsigned processors() {
  static const unsigned count = std::max(1U, std::thread::hardware_concurrency());
  return count;
}

/// What the machine offers all drivers together. Where a target or `-j` allows more steps than
/// there are processors, it means to overbook: the processors' slots are then as many.
SlotCapacity capacity_of(const Pipeline& pipeline, const Places& places, const Variables& caller,
                         int most_steps, const ProcessorsElsewhere& elsewhere) {
  SlotCapacity capacity{.cpus = processors()};
  std::set<unsigned> devices;
  for (std::size_t i = 0; i < pipeline.steps.size(); ++i) {
    const auto& target = *places.of({i}).target;
    const unsigned cpus = target.cpus  ? static_cast<unsigned>(*target.cpus)
                          : target.ssh ? elsewhere(target).value_or(1)
                                       : processors();
    const unsigned own_limit =
        target.max_concurrent_steps ? static_cast<unsigned>(*target.max_concurrent_steps) : cpus;
    const unsigned steps = most_steps > 0 ? static_cast<unsigned>(most_steps) : own_limit;
    capacity.steps[target.name] = steps;
    if (target.ssh) continue;  // its processors are not ours
    capacity.cpus = std::max({capacity.cpus, cpus, steps});
    if (target.memory_bytes)
      capacity.memory_bytes = std::max(capacity.memory_bytes, *target.memory_bytes);
    if (target.gpus)
      for (const int device : *target.gpus) devices.insert(static_cast<unsigned>(device));
  }
  const auto visible = caller.find("CUDA_VISIBLE_DEVICES");
  capacity.gpus = usable_gpus(
      {devices.begin(), devices.end()},
      visible == caller.end() ? std::nullopt : std::optional<std::string_view>(visible->second));
  return capacity;
}

}  // namespace

StartGate::StartGate(const Pipeline& pipeline, const Places& places, const Variables& caller,
                     int most_steps, const std::filesystem::path& lock_file,
                     const ProcessorsElsewhere& elsewhere)
    : pipeline_(pipeline),
      places_(places),
      elsewhere_(elsewhere),
      slots_(slot_directory(), capacity_of(pipeline, places, caller, most_steps, elsewhere)),
      work_(lock_file) {}

SlotRequest StartGate::request_of(StepId id) const {
  const auto& step = pipeline_[id];
  const auto& target = *places_.of(id).target;
  SlotRequest request{.target = target.name};
  if (target.ssh) {  // what else it takes is taken over there
    request.cpus = 0;
    return request;
  }
  request.cpus = static_cast<unsigned>(std::max(1, step.settings->resources.cpus.value_or(1)));
  request.memory_bytes = step.settings->resources.memory_bytes.value_or(0);
  if (target.gpus)
    request.gpus = static_cast<unsigned>(std::max(0, step.settings->resources.gpus.value_or(0)));
  return request;
}

/// Of another machine the slots are taken over there, and what is too much is cut down there.
bool StartGate::asks_for_too_much_there(StepId id) const {
  const auto& resources = pipeline_[id].settings->resources;
  const auto& target = *places_.of(id).target;
  if (!target.ssh) return false;
  const auto known = elsewhere_(target);
  const auto cpus = target.cpus ? target.cpus
                    : known     ? std::optional(static_cast<int>(*known))
                                : std::nullopt;
  return (cpus &&
          resources.cpus.value_or(1) > std::max(*cpus, target.max_concurrent_steps.value_or(1))) ||
         (target.memory_bytes && resources.memory_bytes.value_or(0) > *target.memory_bytes) ||
         (target.gpus && resources.gpus.value_or(0) > static_cast<int>(target.gpus->size()));
}

bool StartGate::take_slots(StepId step) {
  auto lease = slots_.try_take(request_of(step));
  if (!lease) return false;
  if (lease->clamped || asks_for_too_much_there(step))
    notices_.push_back(
        fmt::format("step '{}' asks for more than compute target '{}' has: it gets all there is",
                    pipeline_[step].name, places_.of(step).target->name));
  leases_.emplace(step, std::move(*lease));
  return true;
}

void StartGate::give_back_slots(StepId step) {
  const auto found = leases_.find(step);
  if (found == leases_.end()) return;
  slots_.release(found->second);
  leases_.erase(found);
}

std::optional<std::string> StartGate::visible_gpus(StepId step) const {
  const auto& target = *places_.of(step).target;
  const auto found = leases_.find(step);
  if (target.ssh && target.gpus && target.gpus->empty()) return "";  // as it is here
  if (!target.gpus || target.ssh || found == leases_.end()) return std::nullopt;
  return fmt::format("{}", fmt::join(found->second.gpus, ","));
}

Hash work_in(std::string_view directory_name) {
  const auto fingerprint = parse_hash(directory_name);
  return fingerprint ? *fingerprint : hash_bytes(directory_name);
}

std::uint64_t work_lock_offset(const Hash& work) {
  std::uint64_t offset = 0;
  std::memcpy(&offset, work.bytes.data(), sizeof offset);
  return offset;
}

bool StartGate::claim_work(const Hash& work) { return work_.try_lock(work_lock_offset(work)); }

void StartGate::release_work(const Hash& work) { work_.unlock(work_lock_offset(work)); }

std::vector<std::string> StartGate::take_notices() { return std::exchange(notices_, {}); }

}  // namespace mlpipe
