#include "engine/remote_sites.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "remote/no_connection.h"

namespace mlpipe {

namespace {

/// What all drivers may take of the machine together, wherever they run.
SlotCapacity capacity_there(const ComputeTargetConfig& target, unsigned processors,
                            int most_steps) {
  SlotCapacity capacity{.cpus = processors, .memory_bytes = target.memory_bytes.value_or(0)};
  if (target.cpus) capacity.cpus = static_cast<unsigned>(*target.cpus);
  if (target.max_concurrent_steps) {
    const auto steps = static_cast<unsigned>(most_steps > 0 ? most_steps  // -j, for this run
                                                            : *target.max_concurrent_steps);
    capacity.steps[target.name] = steps;
    capacity.cpus = std::max(capacity.cpus, steps);  // more than processors: it means to overbook
  }
  if (target.gpus)
    for (const int device : *target.gpus) capacity.gpus.push_back(static_cast<unsigned>(device));
  return capacity;
}

}  // namespace

RemoteSites::RemoteSites(RunWorld& world, const std::vector<PlannedStep>& plan, int most_steps,
                         JobEventSink sink, std::function<void(const MachineNews&)> news,
                         TransferTold transfers)
    : world_(world), news_(news), most_steps_(most_steps) {
  world_.machines.tell(std::move(sink), std::move(news), std::move(transfers));
  reach(plan);
}

void RemoteSites::reach(const std::vector<PlannedStep>& plan) {
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const auto& target = *world_.opened.places.of({i}).target;
    const bool is_due = plan[i].decision == PlannedStep::Decision::run ||
                        plan[i].decision == PlannedStep::Decision::depends;
    if (!target.ssh || !is_due) continue;
    try {
      if (!machines_.contains(&target)) add(target);
    } catch (const NoConnection& error) {  // site_of() throws it
      world_.machines.tell_unreached(target, error);
    } catch (const Error&) {
      if (!world_.machines.is_run_canceled()) throw;
    }
    look_for_gpus(world_.opened.pipeline.steps[i], target);
  }
}

/// A machine that is lost just now says nothing, and then there is nothing to be said.
void RemoteSites::look_for_gpus(const Step& step, const ComputeTargetConfig& target) {
  const auto machine = machines_.find(&target);
  if (step.settings->resources.gpus.value_or(0) <= 0 || machine == machines_.end()) return;
  auto& has_gpus = machine->second.has_gpus;
  std::vector<std::uint32_t> there;
  try {
    auto& host = world_.machines.host(target);
    there = host.greeting().devices;
    if (!has_gpus) has_gpus = !there.empty() || host.look({}).has_other_gpus;
  } catch (const Error&) {
    return;
  }
  if (*has_gpus) {
    auto missing = missing_gpus_notice(target, there);
    if (!missing.empty() && !std::exchange(machine->second.missing_gpus_told, true))
      news_({.text = std::move(missing), .compute_target = target.name, .why = {}});
    return;
  }
  news_({.text = no_gpu_notice(step, fmt::format("compute target '{}'", printable(target.name))),
         .compute_target = target.name,
         .why = {}});
}

RemoteSites::~RemoteSites() {
  machines_.clear();
  world_.machines.tell({}, {});
}

void RemoteSites::add(const ComputeTargetConfig& target) {
  auto& host = world_.machines.host(target);
  const auto processors = host.greeting().processors;
  machines_[&target] = {.processors = processors,
                        .site = std::make_unique<RemoteSite>(RemoteSite::World{
                            .host = host,
                            .target = target.name,
                            .store = world_.store,
                            .scratch = world_.state.scratch(),
                            .capacity = capacity_there(target, processors, most_steps_),
                            .machine = machine_name(target),
                            .fetcher = world_.fetcher,
                            .fetches_all = target.ssh->fetches_all})};
}

StepSite* RemoteSites::site_of(StepId step) {
  const auto& target = *world_.opened.places.of(step).target;
  if (!target.ssh) return nullptr;
  // What was not due at first is when an output of it is lost.
  if (!machines_.contains(&target)) add(target);
  return machines_.at(&target).site.get();
}

std::optional<unsigned> RemoteSites::processors(const ComputeTargetConfig& target) const {
  const auto found = machines_.find(&target);
  return found == machines_.end() ? std::nullopt : std::optional(found->second.processors);
}

}  // namespace mlpipe
