// Whether the state directory lies where it can do its work, and what time it is there.
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/file_lock.h"
#include "base/text.h"
#include "engine/compute_judgement.h"
#include "engine/health.h"
#include "history/history_health.h"
#include "store/filesystem_kind.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// The state directory, or what is there of the way to it.
fs::path nearest_existing(fs::path path) {
  while (!stat_file(path) && path.has_relative_path()) path = path.parent_path();
  return path;
}

/// A file in the state directory to try things out with, removed at the end.
class ProbeFile {
 public:
  explicit ProbeFile(const fs::path& folder)
      : path_(folder / fmt::format(".doctor-{}", ::getpid())) {
    write_file_atomically(path_, "x");
  }
  ~ProbeFile() { (void)::unlink(path_.c_str()); }
  ProbeFile(const ProbeFile&) = delete;
  ProbeFile& operator=(const ProbeFile&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void check_owner(const fs::path& state, HealthReport& report) {
  struct stat look {};
  if (::stat(state.c_str(), &look) != 0) return;
  if (look.st_uid != ::geteuid())
    report.warning("permissions", "the state directory belongs to another user",
                   "run as that user, or choose another place with `state_directory:`");
  else if ((look.st_mode & 0022U) != 0)
    report.warning("permissions", "others may write to the state directory, and so into results",
                   fmt::format("chmod go-w {}", shell_quoted(state.native())));
}

void check_writing(const fs::path& state, HealthReport& report) {
  try {
    const ProbeFile probe(state);
    LockFile first(probe.path());
    const LockFile second(probe.path());
    if (!first.try_lock(1) || !second.held_elsewhere(1))
      report.problem("locks", "locks do not hold on this filesystem: two runs could do the same",
                     "put the state directory on a local disk with `state_directory:`");
    else
      report.ok("permissions", "files can be written and locked in the state directory");
  } catch (const Error& error) {
    report.problem("permissions", error.what(), "without that nothing can be run or recorded");
  }
}

void check_space(const fs::path& place, HealthReport& report) {
  struct statvfs info {};
  if (::statvfs(place.c_str(), &info) != 0) return;
  judge_space(std::uint64_t{info.f_bavail} * info.f_frsize, place, "state_directory", report);
  constexpr std::uint64_t few_inodes = 10'000;
  // Filesystems without a fixed number of inodes say 0 of 0.
  if (info.f_files > 0 && info.f_favail < few_inodes)
    report.warning("inodes", fmt::format("room for {} more files", info.f_favail),
                   "remove files there, or choose another place with `state_directory:`");
}

void check_kind(const fs::path& place, HealthReport& report) {
  const std::string advice =
      "name a folder on a local disk in mlpipe.yaml, as in `state_directory: /var/tmp/mlpipe-NAME`";
  const std::string name = printable(place.native());
  const auto kind = filesystem_kind(place);
  if (kind == FilesystemKind::network)
    report.problem("filesystem",
                   fmt::format("'{}' is on a network filesystem, where the database and locks are "
                               "not safe",
                               name),
                   advice);
  else if (kind == FilesystemKind::doubtful)
    report.warning("filesystem",
                   fmt::format("'{}' is on a filesystem that a program serves (FUSE), "
                               "which may keep neither locks nor times as a disk does",
                               name),
                   advice);
  else
    report.ok("filesystem", "local");
}

}  // namespace

void check_filesystem(const HealthSubject& subject, HealthReport& report) {
  const auto state = subject.state();
  const auto place = nearest_existing(state.root);
  if (!state.exists()) {
    report.ok("state directory",
              fmt::format("none yet: the first run makes '{}'", printable(state.root.native())));
    if (::access(place.c_str(), W_OK) != 0)
      report.problem("permissions",
                     fmt::format("the first run cannot write to '{}'", printable(place.native())),
                     "change its permissions, or choose another place with `state_directory:`");
  } else {
    report.ok("state directory", fmt::format("'{}'", printable(state.root.native())));
    check_owner(state.root, report);
    check_writing(state.root, report);
  }
  check_kind(place, report);
  check_space(place, report);
}

namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

/// Files beside the pipeline of tomorrow: they are hashed in every run.
std::string file_in_future(const fs::path& folder, std::int64_t now_ns) {
  for (const auto& name : list_names(folder)) {
    const auto look = stat_link(folder / name);
    if (look && look->mtime_ns > now_ns + 60 * second_ns) return folder / name;
  }
  return {};
}

void check_file_times(const fs::path& state, HealthReport& report) {
  constexpr int probes = 3;
  constexpr std::int64_t most_apart = 2 * second_ns;
  bool whole_seconds = true;
  std::int64_t apart = 0;
  for (int i = 0; i < probes; ++i) {
    const ProbeFile probe(state);
    const auto mtime = stat_file(probe.path()).value_or(FileStat{}).mtime_ns;
    apart = mtime - to_micros(now()) * 1000;
    whole_seconds = whole_seconds && mtime % second_ns == 0;
  }
  if (std::abs(apart) > most_apart)
    report.warning("file times",
                   fmt::format("a new file's time is {} {} this machine's clock",
                               duration_text(Duration(std::abs(apart) / 1000)),
                               apart > 0 ? "ahead of" : "behind"),
                   "set both clocks right (NTP): until then files are hashed more often");
  else if (whole_seconds)
    report.warning("file times", "this filesystem keeps times in whole seconds",
                   "files changed within a second of a run are hashed again: nothing goes wrong");
  else
    report.ok("file times", "new files have the time of this machine's clock");
}

}  // namespace

void check_clock(const HealthSubject& subject, HealthReport& report) {
  const auto state = subject.state();
  constexpr int earliest_year_s = 1'700'000'000;  // 2023
  if (to_micros(now()) / 1'000'000 < earliest_year_s)
    report.problem("clock", fmt::format("it says {}", iso_utc(now())), "set the clock");
  if (state.exists() && ::access(state.root.c_str(), W_OK) == 0)
    check_file_times(state.root, report);
  const auto ahead = file_in_future(subject.workspace.root, to_micros(now()) * 1000);
  if (!ahead.empty())
    report.warning("file times", fmt::format("'{}' is of the future", printable(ahead)),
                   "it is hashed in every run: `touch` it once the clock is right");
  if (!state.exists()) return;
  TimePoint newest{};
  try {
    newest = HistoryHealth(state.database()).newest_run();
  } catch (const Error&) {
    return;  // check_database() tells
  }
  constexpr std::chrono::minutes tolerance(1);
  if (newest > now() + tolerance)
    report.warning("clock",
                   fmt::format("the newest run is of {}, which is still to come: the clock was set "
                               "back",
                               iso_utc(newest)),
                   "set the clock right; reuse does not depend on it, ages that are shown do");
}

}  // namespace mlpipe
