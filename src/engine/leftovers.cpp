#include "engine/leftovers.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "base/clock.h"
#include "base/disk_use.h"
#include "base/file_lock.h"
#include "engine/distribution.h"
#include "engine/start_gate.h"
#include "engine/unfinished_copy.h"
#include "store/store_users.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// So long a damaged object is there for a look.
constexpr Duration quarantine_time = std::chrono::hours(7 * 24);
constexpr std::size_t fingerprint_letters = 32;

std::vector<std::string> listed_names(const fs::path& folder) {
  const auto look = stat_link(folder);
  return look && look->kind == FileKind::folder ? list_names(folder) : std::vector<std::string>();
}

class LeftoverSearch {
 public:
  LeftoverSearch(const StateDirectory& state, History& history,
                 std::optional<TimePoint> unused_since)
      : state_(state), history_(history), unused_since_(unused_since) {}

  std::vector<Leftover> search() {
    scratch();
    directories();
    quarantined();
    logs();
    for (const auto& name : listed_names(state_.trash()))
      if (!parse_hash(name)) add(Leftover::Kind::trash, state_.trash() / name);
    return std::move(found_);
  }

 private:
  void add(Leftover::Kind kind, const fs::path& path) {
    found_.push_back({.kind = kind, .path = path, .disk_bytes = disk_use(path)});
  }

  /// Names first, then who lives: what is there when nobody lives is nobody's.
  void scratch() {
    for (const auto& part : parts_left(state_)) add(Leftover::Kind::scratch, part);
    const auto names = listed_names(state_.scratch());
    if (StoreUsers(state_.store_locks(), LockFile::OnlyLook{}).earliest_ns()) return;
    for (const auto& name : names) add(Leftover::Kind::scratch, state_.scratch() / name);
  }

  void directories() {
    const auto needed = history_.work_executed_since(unused_since_.value_or(TimePoint{}));
    const LockFile locks(state_.step_locks(), LockFile::OnlyLook{});
    for (const auto& name : listed_names(state_.work())) {
      const auto work = parse_hash(name.substr(0, fingerprint_letters));
      if (!work || locks.held_elsewhere(work_lock_offset(work_in(name)))) continue;
      // A shell's goes with the shell, unless that was killed.
      const bool of_shell = name.substr(fingerprint_letters).starts_with("-shell");
      if (of_shell || !needed.contains(*work)) add(Leftover::Kind::directory, state_.work() / name);
    }
  }

  void quarantined() {
    const TimePoint limit =
        std::max(now() - quarantine_time, unused_since_.value_or(TimePoint::min()));
    for (const auto& name : listed_names(state_.quarantine()))
      if (const auto look = stat_link(state_.quarantine() / name);
          look && from_micros(look->ctime_ns / 1000) < limit)  // moving it there set its ctime
        add(Leftover::Kind::quarantined, state_.quarantine() / name);
  }

  void logs() {
    for (const auto& file : history_.logs_of_deleted_runs()) {
      if (file.empty()) continue;
      if (stat_link(state_.root / file)) add(Leftover::Kind::log, state_.root / file);
      const auto others = rank_logs(state_.root / file);
      if (file.ends_with(".stdout") && stat_link(others)) add(Leftover::Kind::log, others);
    }
  }

  const StateDirectory& state_;
  History& history_;
  std::optional<TimePoint> unused_since_;
  std::vector<Leftover> found_;
};

/// The folders above a log that it leaves empty.
void remove_empty_above(fs::path path, const fs::path& top) {
  for (path = path.parent_path(); path.native().size() > top.native().size();
       path = path.parent_path())
    if (::rmdir(path.c_str()) != 0) return;
}

}  // namespace

std::vector<Leftover> find_leftovers(const StateDirectory& state, History& history,
                                     std::optional<TimePoint> unused_since) {
  return LeftoverSearch(state, history, unused_since).search();
}

bool remove_leftover(const Leftover& leftover, const StateDirectory& state) {
  if (leftover.kind != Leftover::Kind::directory) {
    remove_tree(leftover.path);
    if (leftover.kind == Leftover::Kind::log) remove_empty_above(leftover.path, state.logs());
    return true;
  }
  // Whoever does this work next must not wait for a big directory to go.
  const std::string name = leftover.path.filename();
  const fs::path aside = state.trash() / fmt::format("work-{}-{}", ::getpid(), name);
  make_folders(state.trash());
  LockFile locks(state.step_locks());
  const auto offset = work_lock_offset(work_in(name));
  if (!locks.try_lock(offset)) return false;
  if (!stat_link(leftover.path)) return false;
  rename_path(leftover.path, aside);
  locks.unlock(offset);
  remove_tree(aside);
  return true;
}

}  // namespace mlpipe
