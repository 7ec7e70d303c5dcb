// Slots and limits of this machine.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "engine/health.h"
#include "target/slots.h"

namespace mlpipe {

namespace {

void check_slots(HealthReport& report) {
  const auto folder = slot_directory_name();
  const std::string name = printable(folder.native());
  struct stat look {};
  if (::lstat(folder.c_str(), &look) != 0) {
    report.ok("slots", fmt::format("none taken: '{}' is made by the first run", name));
    return;
  }
  if (!S_ISDIR(look.st_mode) || look.st_uid != ::geteuid() || (look.st_mode & 0022U) != 0) {
    report.problem("slots",
                   fmt::format("'{}' is no folder of this user alone: no run can start", name),
                   "remove it, or name another with MLPIPE_SLOT_DIRECTORY");
    return;
  }
  const auto text = taken_slots_text(folder);
  report.ok("slots", text.empty() ? fmt::format("none taken, in '{}'", name)
                                  : fmt::format("taken by runs of this user: {}", text));
}

void check_limits(HealthReport& report) {
  constexpr rlim_t few_files = 256;
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < few_files)
    report.warning("limits", fmt::format("at most {} files may be open", limit.rlim_cur),
                   "raise it with `ulimit -n 1024`");
  else
    report.ok("limits", limit.rlim_cur == RLIM_INFINITY
                            ? std::string("any number of files may be open")
                            : fmt::format("{} files may be open", limit.rlim_cur));
  if (::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    report.warning("limits",
                   fmt::format("no file may be larger than {}", size_text(limit.rlim_cur)),
                   "outputs beyond it fail: raise it with `ulimit -f unlimited`");
}

}  // namespace

void check_machine(const HealthSubject& /*subject*/, HealthReport& report) {
  if (!stat_file("/proc/self/exe"))
    report.problem("/proc", "it is not mounted: what steps leave running cannot be found",
                   "mount it: `mount -t proc proc /proc`");
  check_slots(report);
  check_limits(report);
}

}  // namespace mlpipe
