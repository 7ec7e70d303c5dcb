#include "engine/end_of_run.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/file_lock.h"
#include "engine/deliverer.h"
#include "engine/run_queue.h"
#include "engine/start_gate.h"
#include "engine/unfinished_copy.h"

namespace mlpipe {

namespace {

void remove_old_directories(const StateDirectory& state, const std::vector<KeptDirectory>& kept) {
  constexpr std::size_t most_left = 10;
  std::vector<std::pair<std::int64_t, std::string>> found;
  const auto stays = [&kept](const std::filesystem::path& path) {
    return std::any_of(kept.begin(), kept.end(),
                       [&path](const KeptDirectory& each) { return each.directory == path; });
  };
  for (const auto& name : list_names(state.work()))
    if (parse_hash(name.substr(0, 32)) && !stays(state.work() / name))
      if (const auto look = stat_link(state.work() / name))
        found.emplace_back(look->mtime_ns, name);
  if (found.size() <= most_left) return;
  std::sort(found.begin(), found.end());
  LockFile locks(state.step_locks());
  for (std::size_t i = 0; i + most_left < found.size(); ++i) {
    const auto offset = work_lock_offset(work_in(found[i].second));
    if (!locks.try_lock(offset)) continue;  // another driver works in it
    remove_tree(state.work() / found[i].second);
    locks.unlock(offset);
  }
}

/// Not while another driver lives: it may be its own; nor what is new: a driver has no row before
/// it has planned.
void remove_old_scratch(const StateDirectory& state, History& history, const LiveRuns& live_runs,
                        RunKey own) {
  constexpr std::int64_t hour_ns = std::int64_t{3600} * 1'000'000'000;
  for (const auto& run : history.unfinished_runs())
    if (run.key != own && live_runs.is_alive(run.key)) return;
  for (const auto& name : list_names(state.scratch())) {
    const auto path = state.scratch() / name;
    const auto look = stat_link(path);
    if (look && look->ctime_ns < to_micros(now()) * 1000 - hour_ns) remove_tree(path);
  }
}

}  // namespace

void remove_leftovers(const StateDirectory& state, History& history, const LiveRuns& live_runs,
                      RunKey run, const std::vector<KeptDirectory>& kept) {
  remove_old_directories(state, kept);
  remove_old_scratch(state, history, live_runs, run);
  remove_unfinished_copies(state);
}

void start_what_waits(const Workspace& workspace, const StateDirectory& state, History& history) {
  try {
    start_queue_workers(workspace, state, history, most_runs_at_a_time(workspace));
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch)
  }
  start_deliverer(history, state, workspace.root);
}

}  // namespace mlpipe
