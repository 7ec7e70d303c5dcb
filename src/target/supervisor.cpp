#include "target/supervisor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "target/running_job.h"
#include "target/send_queue.h"
#include "target/spawn.h"
#include "target/supervisor_guard.h"
#include "target/supervisor_protocol.h"

namespace mlpipe {

namespace {

/// The loop around socket, ended children and timers.
class Supervisor {
 public:
  Supervisor(Fd socket, Fd signals)
      : socket_(std::move(socket)),
        signals_(std::move(signals)),
        children_(::open(fmt::format("/proc/self/task/{}/children", ::getpid()).c_str(),
                         O_RDONLY | O_CLOEXEC)) {}  // NOLINT(*-vararg)

  void run() {
    while (driver_is_there_ || !jobs_.empty()) {
      wait();
      reap();
      read_socket();
      advance_jobs();
      unsent_.flush(socket_.get());
    }
    end_strays();
    guard_.dismiss();
  }

 private:
  void wait() {
    std::optional<SteadyTime> due;
    for (const auto& [id, job] : jobs_)
      if (const auto at = job.due()) due = due ? std::min(*due, *at) : at;
    int limit = -1;
    if (due) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(*due - std::chrono::steady_clock::now());
      limit = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
    }
    const bool more_to_say = !unsent_.empty();
    std::array<pollfd, 2> what{{{signals_.get(), POLLIN, 0}, {-1, 0, 0}}};
    what[1].fd = driver_is_there_ ? socket_.get() : -1;
    what[1].events = static_cast<short>(more_to_say ? POLLIN | POLLOUT : POLLIN);
    ::poll(what.data(), what.size(), limit);
  }

  /// Wait for every child that has ended, main process or stray.
  void reap() {
    std::array<signalfd_siginfo, 16> seen;  // NOLINT(*-member-init)
    while (::read(signals_.get(), seen.data(), sizeof seen) > 0) {
    }
    const auto now = std::chrono::steady_clock::now();
    for (;;) {
      int status = 0;
      struct rusage usage {};
      const pid_t pid = ::wait4(-1, &status, WNOHANG, &usage);
      if (pid <= 0) return;
      const auto main = mains_.find(pid);
      if (main == mains_.end()) continue;
      jobs_.at(main->second).main_ended(status, usage, now);
      mains_.erase(main);
    }
  }

  /// Take in all there is before anything is done: if the driver is gone, nothing new is started.
  void read_socket() {
    if (!driver_is_there_) return;
    std::array<char, 65536> buffer;  // NOLINT(*-member-init)
    for (;;) {
      const auto got = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (got > 0) {
        frames_.add({buffer.data(), static_cast<std::size_t>(got)});
        continue;
      }
      if (got < 0 && errno == EINTR) continue;
      if (got == 0 || errno != EAGAIN) driver_gone();
      break;
    }
    while (driver_is_there_) {
      const auto frame = frames_.next();
      if (!frame) return;
      const auto command = decode_command(*frame);
      if (const auto* submit = std::get_if<SubmitJob>(&command))
        start(submit->job);
      else
        cancel(std::get<CancelJob>(command));
    }
  }

  void driver_gone() {
    driver_is_there_ = false;
    const auto now = std::chrono::steady_clock::now();
    for (auto& [id, job] : jobs_) job.cancel(true, now);
  }

  void start(const Job& job) {
    const JobMark mark(::getpid(), ++started_);
    // Before, since this process may be held up after it while the job runs already.
    const TimePoint started_at = now();
    const auto spawned = spawn(job, mark);
    if (spawned.pid == 0) {
      tell(JobFinished{.job = job.id,
                       .outcome = JobFinished::Outcome::not_started,
                       .message = spawned.problem,
                       .at = now()});
      return;
    }
    jobs_.emplace(
        job.id, RunningJob(job, JobProcesses(spawned.pid, mark), std::chrono::steady_clock::now()));
    mains_.emplace(spawned.pid, job.id);
    tell(JobStarted{.job = job.id, .pid = spawned.pid, .at = started_at});
  }

  void cancel(const CancelJob& command) {
    const auto job = jobs_.find(command.job);
    if (job != jobs_.end()) job->second.cancel(command.at_once, std::chrono::steady_clock::now());
  }

  void advance_jobs() {
    const auto now = std::chrono::steady_clock::now();
    const auto is_due = [now](const auto& entry) {
      const auto at = entry.second.due();
      return at && *at <= now;
    };
    if (std::none_of(jobs_.begin(), jobs_.end(), is_due)) return;
    const Surroundings around{.strays = find_strays(), .only_job = jobs_.size() == 1};
    for (auto entry = jobs_.begin(); entry != jobs_.end();) {
      if (is_due(*entry) && entry->second.advance(now, around)) {
        tell(entry->second.result());
        entry = jobs_.erase(entry);
      } else {
        ++entry;
      }
    }
  }

  /// Our children but the main processes: all that lost its parent comes to us.
  [[nodiscard]] std::vector<Stray> find_strays() const {
    std::vector<Stray> strays;
    for (const pid_t pid : children())
      if (pid != guard_.pid() && !mains_.contains(pid))
        strays.push_back({.pid = pid, .mark = JobMark::of(pid)});
    return strays;
  }

  [[nodiscard]] std::vector<pid_t> children() const {
    if (!children_) return children_the_slow_way();
    std::string text(4096, '\0');
    for (;;) {
      const auto got = ::pread(children_.get(), text.data(), text.size(), 0);
      if (got < 0) return {};
      if (static_cast<std::size_t>(got) < text.size()) {
        text.resize(static_cast<std::size_t>(got));
        break;
      }
      text.resize(text.size() * 2);
    }
    std::vector<pid_t> pids;
    const char* at = text.data();
    const char* const end = at + text.size();
    pid_t pid = 0;
    while (at < end) {
      const auto [next, error] = std::from_chars(at, end, pid);
      if (error != std::errc()) break;
      pids.push_back(pid);
      at = next + 1;
    }
    return pids;
  }

  /// For a kernel without that file.
  [[nodiscard]] static std::vector<pid_t> children_the_slow_way() {
    std::vector<pid_t> pids;
    for (const auto& process : all_processes())
      if (process.parent == ::getpid()) pids.push_back(process.pid);
    return pids;
  }

  void tell(const JobEvent& event) { unsent_.add(encode(event)); }

  /// What no job could be found for goes when the last job has gone.
  void end_strays() {
    for (;;) {
      while (::waitpid(-1, nullptr, WNOHANG) > 0) {
      }
      auto left = children();
      left.erase(std::remove(left.begin(), left.end(), guard_.pid()), left.end());
      if (left.empty()) return;
      for (const pid_t pid : left) ::kill(pid, SIGKILL);
      pollfd what{signals_.get(), POLLIN, 0};
      ::poll(&what, 1, 10);
      reap();
    }
  }

  SupervisorGuard guard_;
  Fd socket_;
  Fd signals_;
  Fd children_;
  FrameReader frames_;
  SendQueue unsent_;
  bool driver_is_there_ = true;
  std::uint64_t started_ = 0;
  std::map<JobId, RunningJob> jobs_;
  std::map<pid_t, JobId> mains_;  ///< The main processes that run.
};

/// All signals as at log-in, and blocked: what a terminal or `kill` sends is for the driver to
/// decide on; the end of a child is read from the result.
Fd take_signals() {
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction act {};
    act.sa_handler = SIG_DFL;
    ::sigaction(signal, &act, nullptr);
  }
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGTSTP, SIGUSR1,
                           SIGUSR2, SIGALRM, SIGWINCH})
    ::sigaddset(&set, signal);
  if (::sigprocmask(SIG_SETMASK, &set, nullptr) != 0) fail_errno(errno, "cannot block signals");
  Fd signals(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals) fail_errno(errno, "cannot make a signalfd");
  return signals;
}

/// Nothing of the driver's stays open here: it could hold a lock, or the end of somebody's pipe.
void close_all_but(int socket) {
  const int null = ::open("/dev/null", O_RDWR);  // NOLINT(*-vararg): for the children to inherit
  for (int fd = null; fd >= 0 && fd < STDERR_FILENO; fd = ::dup(fd)) {
  }
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);  // NOLINT(*-vararg)
  const auto number = static_cast<unsigned>(socket);
  if (number > 3) ::close_range(3, number - 1, 0);
  ::close_range(number + 1, ~0U, 0);
}

}  // namespace

int supervise(int socket) {
  try {
    close_all_but(socket);
    // Not by the name of the driver: `pkill -9 mlpipe` must leave one that cleans up.
    ::prctl(PR_SET_NAME, "job-supervisor", 0, 0, 0);       // NOLINT(*-vararg)
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)  // NOLINT(*-vararg)
      fail_errno(errno, "cannot become the parent of the processes that steps leave behind");
    if (::chdir("/") != 0) fail_errno(errno, "cannot enter '/'");
    ::umask(022);  // what a step makes must not depend on who started the run
    Supervisor(Fd(socket), take_signals()).run();
    return 0;
  } catch (const std::exception& error) {
    // Our end kills the jobs' main processes; the driver sees it and ends the rest.
    fmt::print(stderr, "mlpipe supervise: cannot go on, the steps it runs are ended: {}\n",
               error.what());
    return 1;
  }
}

std::optional<int> run_as_supervisor(int argc, char** argv) {
  if (argc != 3 || std::strcmp(argv[1], "supervise") != 0) return std::nullopt;
  int socket = -1;
  const char* const end = argv[2] + std::strlen(argv[2]);
  const auto [rest, error] = std::from_chars(argv[2], end, socket);
  struct stat look {};
  if (error != std::errc() || rest != end || socket < 3) return std::nullopt;
  if (::fstat(socket, &look) != 0 || !S_ISSOCK(look.st_mode)) return std::nullopt;
  return supervise(socket);
}

}  // namespace mlpipe
