#include "engine/collect_elsewhere.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "engine/remote_machines.h"
#include "engine/start_gate.h"

namespace mlpipe {

namespace {

GarbageElsewhere collect_on(const std::string& machine, RemoteMachines& machines, History& history,
                            const GarbageRequest& request, const std::set<Hash>& needed) {
  GarbageElsewhere there{.target = machines.target_called(machine).name};
  const auto work = history.work_executed_since(request.rule.unused_since.value_or(TimePoint{}));
  CollectObjects asked{.request = {},
                       .keep = {needed.begin(), needed.end()},
                       .drop = {},
                       .keep_work = {work.begin(), work.end()},
                       .only_look = request.only_look};
  for (const auto& job : history.jobs_elsewhere())  // which the next run may take up
    if (job.machine == machine) asked.keep_work.push_back(work_in(job.job));
  for (const auto& object : history.objects_on(machine))
    if (!needed.contains(object)) asked.drop.push_back(object);
  try {
    const auto answer = machines.host_called(machine).collect(std::move(asked));
    there.objects = {.count = answer.gone.size(), .bytes = answer.bytes};
    there.directories = {.count = answer.directories, .bytes = answer.directory_bytes};
    there.kept_bytes = answer.kept_bytes;
    there.kept_directories = {.count = answer.kept_directories,
                              .bytes = answer.kept_directory_bytes};
    if (request.only_look) return there;
    history.begin_batch();
    for (const auto& object : answer.gone) history.forget_elsewhere(object, machine);
    history.commit_batch();
  } catch (const Error& error) {
    there.problem = error.what();
  }
  return there;
}

}  // namespace

void collect_garbage_elsewhere(const Workspace& workspace, const StateDirectory& state,
                               History& history, const GarbageRequest& request,
                               GarbageReport& report) {
  auto names = noted_machines(state);
  // Of a workspace in which nothing ran since these notes are made.
  for (auto& name : history.machines_with_objects()) names.push_back(std::move(name));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.empty()) return;
  RemoteMachines machines(state.root, workspace.compute_targets);
  for (const auto& machine : machines.known(names))
    report.elsewhere.push_back(collect_on(machine, machines, history, request, report.needed));
}

}  // namespace mlpipe
