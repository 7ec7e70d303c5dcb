#include "target/process_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <string_view>

#include "base/file.h"
#include "base/open_folder.h"

namespace mlpipe {

namespace {

constexpr unsigned sequence_bits = 40;

/// The numbers of /proc/PID/stat after the name, which may hold anything, ')' too.
std::optional<ProcessEntry> read_stat(pid_t pid, std::string_view stat) {
  const auto name_end = stat.rfind(')');
  if (name_end == std::string_view::npos || name_end + 2 >= stat.size()) return std::nullopt;
  const char state = stat[name_end + 2];
  std::array<std::uint64_t, 23> fields{};  // as proc(5) counts them: 4 is the parent
  const char* at = stat.data() + name_end + 3;
  const char* const end = stat.data() + stat.size();
  for (std::size_t i = 4; i < fields.size(); ++i) {
    while (at < end && (*at == ' ' || *at == '-')) ++at;
    const auto [next, error] = std::from_chars(at, end, fields.at(i));
    if (error != std::errc()) return std::nullopt;
    at = next;
  }
  // A process whose first thread has ended looks like a zombie, but its other threads run.
  const bool threads_left = fields[20] > 1;
  return ProcessEntry{.pid = pid,
                      .parent = static_cast<pid_t>(fields[4]),
                      .group = static_cast<pid_t>(fields[5]),
                      .session = static_cast<pid_t>(fields[6]),
                      .start_time = fields[22],
                      .ended = (state == 'Z' || state == 'X') && !threads_left};
}

}  // namespace

std::optional<ProcessEntry> look_at_process(pid_t pid) {
  const Fd fd(::open(fmt::format("/proc/{}/stat", pid).c_str(), O_RDONLY | O_CLOEXEC));  // NOLINT
  if (!fd) return std::nullopt;
  std::array<char, 1024> buffer;  // NOLINT(*-member-init)
  const auto got = ::read(fd.get(), buffer.data(), buffer.size());
  if (got <= 0) return std::nullopt;
  return read_stat(pid, {buffer.data(), static_cast<std::size_t>(got)});
}

std::vector<ProcessEntry> all_processes() {
  std::vector<ProcessEntry> processes;
  const OpenFolder folder(::opendir("/proc"));
  if (!folder) return processes;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    pid_t pid = 0;
    const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc() || rest != name.data() + name.size()) continue;
    if (const auto process = look_at_process(pid)) processes.push_back(*process);
  }
  return processes;
}

JobMark::JobMark(pid_t supervisor, std::uint64_t sequence)
    : value_((static_cast<std::uint64_t>(supervisor) << sequence_bits) |
             (sequence & ((std::uint64_t{1} << sequence_bits) - 1))) {}

JobMark JobMark::of(pid_t pid) {
  struct rlimit limit {};
  JobMark mark;
  if (::prlimit(pid, __RLIMIT_LOCKS, nullptr, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    mark.value_ = limit.rlim_cur;
  return mark;
}

pid_t JobMark::supervisor() const { return static_cast<pid_t>(value_ >> sequence_bits); }

bool JobProcesses::belongs(const ProcessEntry& process) const {
  const auto mark = JobMark::of(process.pid);
  if (mark == mark_) return true;
  if (mark.supervisor() == mark_.supervisor()) return false;  // a sister job's
  if (process.session == main_) return true;
  const auto seen = known_.find(process.pid);
  return seen != known_.end() && seen->second == process.start_time;
}

std::vector<ProcessEntry> JobProcesses::find(const std::vector<ProcessEntry>& all,
                                             const std::vector<pid_t>& more) {
  std::map<pid_t, std::uint64_t> ours;
  for (const auto& process : all)
    if (belongs(process) || std::find(more.begin(), more.end(), process.pid) != more.end())
      ours.emplace(process.pid, process.start_time);
  for (bool grew = true; grew;) {
    grew = false;
    for (const auto& process : all)
      if (ours.contains(process.parent))
        grew = ours.emplace(process.pid, process.start_time).second || grew;
  }
  known_ = std::move(ours);
  std::vector<ProcessEntry> running;
  for (const auto& process : all)
    if (!process.ended && known_.contains(process.pid)) running.push_back(process);
  return running;
}

}  // namespace mlpipe
