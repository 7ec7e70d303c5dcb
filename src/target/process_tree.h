#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace mlpipe {

/// One process as /proc shows it.
struct ProcessEntry {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  std::uint64_t start_time = 0;  ///< With the pid, names a process for good.
  bool ended = false;            ///< A zombie: nothing of it runs any more.
};

/// Every process that this one may see. Costs some 10 µs for each.
[[nodiscard]] std::vector<ProcessEntry> all_processes();

/// Nothing if there is no such process.
[[nodiscard]] std::optional<ProcessEntry> look_at_process(pid_t pid);

/// What a job's processes carry wherever they go: through fork, exec, setsid, double fork and a
/// cleared environment. It is the soft value of a resource limit that the kernel keeps and inherits
/// but has not used since Linux 2.4 (RLIMIT_LOCKS), so the job sees nothing of it, and reading it
/// is one system call.
class JobMark {
 public:
  JobMark() = default;
  /// The mark of a supervisor's `sequence`th job.
  JobMark(pid_t supervisor, std::uint64_t sequence);
  /// What `pid` carries; an empty mark if it has none, or there is no such process.
  [[nodiscard]] static JobMark of(pid_t pid);

  /// The process id of the supervisor that gave this mark; 0 for an empty one.
  [[nodiscard]] pid_t supervisor() const;
  [[nodiscard]] std::uint64_t value() const { return value_; }
  auto operator<=>(const JobMark&) const = default;

 private:
  std::uint64_t value_ = 0;
};

/// The processes of one job. They are known by the mark, by the session of the main process, and by
/// descent; who once was seen to belong stays known after its parents are gone.
class JobProcesses {
 public:
  JobProcesses() = default;
  JobProcesses(pid_t main, JobMark mark) : main_(main), mark_(mark) {}

  /// Those among `all` that belong to the job and still run. `more` are taken to belong too.
  [[nodiscard]] std::vector<ProcessEntry> find(const std::vector<ProcessEntry>& all,
                                               const std::vector<pid_t>& more = {});

  [[nodiscard]] pid_t main() const { return main_; }
  [[nodiscard]] JobMark mark() const { return mark_; }

 private:
  [[nodiscard]] bool belongs(const ProcessEntry& process) const;

  pid_t main_ = 0;
  JobMark mark_;
  std::map<pid_t, std::uint64_t> known_;  ///< Start times.
};

}  // namespace mlpipe
