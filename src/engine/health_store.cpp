// What lies in the store, and what runs that were killed have left.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "engine/health.h"
#include "engine/start_gate.h"
#include "engine/unfinished_copy.h"
#include "history/history_health.h"
#include "history/live_runs.h"
#include "store/object_store.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

bool has_folder(const fs::path& path) {
  const auto look = stat_file(path);
  return look && look->kind == FileKind::folder;
}

/// All files below a folder; what cannot be read counts nothing.
std::uint64_t bytes_below(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    const auto look = stat_link(at->path());
    if (look && look->kind == FileKind::file) bytes += look->size;
  }
  return bytes;
}

std::vector<std::string> names_in(const fs::path& folder) {
  return has_folder(folder) ? list_names(folder) : std::vector<std::string>();
}

/// Runs of this workspace that go on, and those whose driver died.
struct OpenRuns {
  std::vector<std::string> alive;
  std::vector<std::string> dead;
};

OpenRuns open_runs(const StateDirectory& state) {
  OpenRuns runs;
  const LiveRuns live(state.run_locks(), LockFile::OnlyLook{});
  for (const auto& [key, id] : HistoryHealth(state.database()).unfinished_runs())
    (live.is_alive(key) ? runs.alive : runs.dead).push_back(id);
  return runs;
}

/// Processes that work below a folder.
std::vector<int> processes_below(const fs::path& folder) {
  std::vector<int> found;
  const std::string prefix = folder.string() + '/';
  for (const auto& name : list_names("/proc")) {
    int pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc() || end != name.data() + name.size()) continue;
    std::array<char, 4096> target{};
    const auto length =
        ::readlink(("/proc/" + name + "/cwd").c_str(), target.data(), target.size());
    if (length > 0 &&
        std::string_view(target.data(), static_cast<std::size_t>(length)).starts_with(prefix))
      found.push_back(pid);
  }
  return found;
}

void check_directories(const StateDirectory& state, const OpenRuns& runs, HealthReport& report) {
  std::size_t kept = 0;
  std::size_t in_use = 0;
  const LockFile locks(state.step_locks(), LockFile::OnlyLook{});
  for (const auto& name : names_in(state.work())) {
    if (!parse_hash(name.substr(0, 32))) continue;
    if (locks.held_elsewhere(work_lock_offset(work_in(name))))
      ++in_use;
    else
      ++kept;
  }
  const auto scratch = names_in(state.scratch()).size();
  if (scratch > 0 && runs.alive.empty())
    report.ok("scratch", fmt::format("{} of work that was interrupted: a later run removes {}",
                                     counted(scratch, "folder"), scratch == 1 ? "it" : "them"));
  if (kept + in_use > 0)
    report.ok("step directories",
              fmt::format("{} of failed or kept steps, {} in use", kept, in_use));
}

}  // namespace

void check_store(const HealthSubject& subject, HealthReport& report) {
  const auto state = subject.state();
  if (!state.exists()) return;
  if (!has_folder(state.objects())) {
    report.warning("store", "its folder 'objects' is missing: nothing can be reused",
                   "the next run makes it, and runs what is needed once more");
    return;
  }
  // Both are there, so that nothing is made.
  if (!has_folder(state.scratch())) {
    report.warning("store", "its folder 'work/scratch' is missing", "the next run makes it");
    return;
  }
  const ObjectStore store(state.objects(), state.scratch());
  const auto listing = store.list();
  report.ok("store", fmt::format("{}; `mlpipe verify` checks them",
                                 counted(listing.objects.size(), "object")));
  if (!listing.strange.empty())
    report.warning("store",
                   fmt::format("'{}'{} no object", printable(listing.strange.front().native()),
                               listing.strange.size() == 1
                                   ? " is"
                                   : fmt::format(" and {} more are", listing.strange.size() - 1)),
                   "mlpipe has not put it there and does not need it: remove it");
  const auto quarantined = names_in(store.quarantine_folder()).size();
  if (quarantined > 0)
    report.warning("quarantine",
                   fmt::format("{} ({}) in '{}'", counted(quarantined, "damaged object"),
                               size_text(bytes_below(store.quarantine_folder())),
                               printable(store.quarantine_folder().native())),
                   "ask why (`mlpipe verify --deep`, the disk's health); `mlpipe gc` removes them "
                   "after a week");
}

void check_leftovers(const HealthSubject& subject, HealthReport& report) {
  const auto state = subject.state();
  if (!state.exists()) return;
  OpenRuns runs;
  try {
    runs = open_runs(state);
  } catch (const Error&) {
    return;  // check_database() tells
  }
  if (!runs.alive.empty())
    report.ok("runs",
              fmt::format("{} going on: {}", runs.alive.size(), fmt::join(runs.alive, ", ")));
  if (!runs.dead.empty())
    report.warning("runs",
                   fmt::format("killed or crashed before the end: {}", fmt::join(runs.dead, ", ")),
                   jobs_that_are_left(state).empty()
                       ? "nothing needs to be cleaned up: the next run goes on from what was "
                         "finished"
                       : "the next run goes on from what was finished; what may still run on other "
                         "machines is named below (jobs elsewhere)");
  check_directories(state, runs, report);
  for (const auto& [path, place] : contents_put_aside(state))
    report.warning("outputs",
                   fmt::format("what somebody wrote at '{}' lies at '{}', since a run was killed "
                               "while it copied an output there",
                               printable(path.native()), printable(place.native())),
                   "compare the two, and move or remove the second one");
  if (!runs.alive.empty()) return;
  std::error_code error;
  const auto work = fs::canonical(state.work(), error);
  const auto processes = error ? std::vector<int>() : processes_below(work);
  if (!processes.empty())
    report.warning("processes",
                   fmt::format("{} in a step's directory, though no run goes on: {}",
                               counted(processes.size(), "process"), fmt::join(processes, ", ")),
                   "perhaps a shell (--shell) or your own; else end it with `kill`");
}

}  // namespace mlpipe
