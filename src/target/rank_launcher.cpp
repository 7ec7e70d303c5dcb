#include "target/rank_launcher.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "target/rank_variables.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

using SteadyMoment = std::chrono::steady_clock::time_point;

constexpr int words_before_command = 7;
constexpr std::chrono::seconds rank_grace{5};
constexpr const char* failure_file = "failure";

std::string_view rank_kind_text(RankPlan::Kind kind) {
  return kind == RankPlan::Kind::pytorch ? "pytorch" : "tensorflow";
}

/// Starts all ranks, waits for them, and ends them when one fails.
class RankLauncher {
 public:
  RankLauncher(const RankPlan& plan, char** command)
      : plan_(plan), command_(command), ranks_(ranks_of(plan)), running_(ranks_.size(), 0) {
    for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&watched_, signal);
    ::sigprocmask(SIG_BLOCK, &watched_, nullptr);
  }

  int run() {
    const auto ports = free_ports(plan_.kind == RankPlan::Kind::pytorch ? 1 : ranks_.size());
    for (std::size_t i = 0; i < ranks_.size() && exit_code_ == 0; ++i) start(i, ports);
    while (is_running([](const Rank&) { return true; })) {
      if (!ending_ && !is_running([](const Rank& rank) { return !rank.is_server; }))
        end_all(SIGTERM);  // parameter servers serve for ever
      wait();
      reap();
      if (kill_at_ && std::chrono::steady_clock::now() >= *kill_at_) {
        signal_all(SIGKILL);
        kill_at_.reset();
      }
    }
    return exit_code_;
  }

 private:
  template <class Condition>
  [[nodiscard]] bool is_running(const Condition& condition) const {
    for (std::size_t i = 0; i < ranks_.size(); ++i)
      if (running_[i] != 0 && condition(ranks_[i])) return true;
    return false;
  }

  /// Where a rank writes, but for the first, which has this process's own files.
  [[nodiscard]] fs::path log_of(std::size_t i, const char* ending) const {
    return i == 0 ? fs::path() : plan_.logs / (ranks_[i].file + ending);
  }

  void start(std::size_t i, const std::vector<int>& ports) {
    auto variables = variables_of_rank(plan_, ranks_, i, ports, environ);
    std::vector<char*> environment;
    environment.reserve(variables.size() + 1);
    for (auto& variable : variables) environment.push_back(variable.data());
    environment.push_back(nullptr);

    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t files;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_init(&files);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    constexpr int anew = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND;
    const fs::path out = log_of(i, ".stdout");
    const fs::path err = log_of(i, ".stderr");
    if (i != 0) {
      ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, out.c_str(), anew, 0666);
      ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, err.c_str(), anew, 0666);
    }
    pid_t pid = 0;
    const int error =
        ::posix_spawn(&pid, command_[0], &files, &attributes, command_, environment.data());
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
    if (error == 0) {
      running_[i] = pid;
      return;
    }
    constexpr int not_run = 127;
    fail_by(i, not_run,
            fmt::format("could not be started: cannot run '{}': {}", command_[0],
                        std::generic_category().message(error)));
  }

  /// Until a process ends, a signal comes, or it is time to kill.
  void wait() {
    timespec limit{3600, 0};
    if (kill_at_) {
      const auto left =
          std::max(std::chrono::nanoseconds(0),
                   std::chrono::nanoseconds(*kill_at_ - std::chrono::steady_clock::now()));
      limit = {static_cast<time_t>(left.count() / 1'000'000'000),
               static_cast<long>(left.count() % 1'000'000'000)};
    }
    siginfo_t info{};
    const int signal = ::sigtimedwait(&watched_, &info, &limit);
    if (signal <= 0 || signal == SIGCHLD) return;
    if (exit_code_ == 0) exit_code_ = 128 + signal;
    ending_ = true;
    // The supervisor's goes to every process of the job, and its KILL follows.
    if (info.si_pid != ::getppid()) end_all(signal);
  }

  void reap() {
    for (;;) {
      int status = 0;
      const pid_t pid = ::waitpid(-1, &status, WNOHANG);
      if (pid <= 0) return;
      const auto found = std::find(running_.begin(), running_.end(), pid);
      if (found == running_.end()) continue;
      *found = 0;
      const auto i = static_cast<std::size_t>(found - running_.begin());
      if (ending_) continue;
      if (WIFSIGNALED(status))
        fail_by(i, 128 + WTERMSIG(status),
                fmt::format("ended by signal {} ({})", WTERMSIG(status),
                            ::strsignal(WTERMSIG(status))));  // NOLINT(*-mt-unsafe)
      else if (WEXITSTATUS(status) != 0)
        fail_by(i, WEXITSTATUS(status), fmt::format("exit code {}", WEXITSTATUS(status)));
    }
  }

  /// The first one that fails decides: the others mostly fail of that.
  void fail_by(std::size_t i, int exit_code, const std::string& how) {
    if (ending_) return;
    exit_code_ = exit_code;
    fmt::print(stderr, "mlpipe: {}: {}{}; the other processes are ended\n", ranks_[i].name, how,
               i == 0 ? "" : fmt::format(" (see {})", log_of(i, ".stderr").native()));
    try {
      write_file_atomically(plan_.logs / failure_file,
                            fmt::format("{}\n{}\n{}\n{}\n", ranks_[i].name, how,
                                        log_of(i, ".stdout").filename().native(),
                                        log_of(i, ".stderr").filename().native()));
    } catch (const Error& error) {
      fmt::print(stderr, "mlpipe: {}\n", error.what());
    }
    end_all(SIGTERM);
  }

  void end_all(int signal) {
    ending_ = true;
    if (!kill_at_) kill_at_ = std::chrono::steady_clock::now() + rank_grace;
    signal_all(signal);
  }

  void signal_all(int signal) {
    for (const pid_t pid : running_) {
      if (pid == 0) continue;
      ::kill(-pid, signal);
      if (signal != SIGKILL) ::kill(-pid, SIGCONT);  // a stopped process would not see it
    }
  }

  const RankPlan& plan_;
  char** command_;
  std::vector<Rank> ranks_;
  std::vector<pid_t> running_;  ///< By rank; 0: it does not run.
  sigset_t watched_{};
  int exit_code_ = 0;
  bool ending_ = false;
  std::optional<SteadyMoment> kill_at_;
};

std::optional<int> whole_count(const char* text) {
  constexpr int most = 100'000;
  int count = 0;
  const char* const end = text + std::strlen(text);
  const auto [rest, error] = std::from_chars(text, end, count);
  if (error != std::errc() || rest != end || count < 0 || count > most) return std::nullopt;
  return count;
}

std::optional<RankPlan> plan_in(int argc, char** argv) {
  if (argc <= words_before_command || std::strcmp(argv[1], "ranks") != 0 ||
      std::strcmp(argv[words_before_command - 1], "--") != 0)
    return std::nullopt;
  RankPlan plan{.logs = argv[5]};
  const auto processes = whole_count(argv[3]);
  const auto servers = whole_count(argv[4]);
  const std::string_view kind = argv[2];
  if (kind == rank_kind_text(RankPlan::Kind::tensorflow))
    plan.kind = RankPlan::Kind::tensorflow;
  else if (kind != rank_kind_text(RankPlan::Kind::pytorch))
    return std::nullopt;
  if (!processes || *processes < 1 || !servers) return std::nullopt;
  plan.processes = *processes;
  plan.parameter_servers = *servers;
  return plan;
}

}  // namespace

std::vector<std::string> ranked_command(const std::string& program, const RankPlan& plan,
                                        const std::vector<std::string>& command) {
  std::vector<std::string> argv{program,
                                "ranks",
                                std::string(rank_kind_text(plan.kind)),
                                std::to_string(plan.processes),
                                std::to_string(plan.parameter_servers),
                                plan.logs,
                                "--"};
  argv.insert(argv.end(), command.begin(), command.end());
  return argv;
}

std::optional<RankFailure> rank_failure(const fs::path& logs) {
  if (!stat_file(logs / failure_file)) return std::nullopt;
  constexpr std::uint64_t most = 4096;
  const std::string text = read_tail(logs / failure_file, most);
  const auto lines = split(text, '\n');
  if (lines.size() < 4) return std::nullopt;
  RankFailure failure{.process = printable(lines[0]),
                      .how = printable(lines[1]),
                      .stdout_log = {},
                      .stderr_log = {}};
  // The step could write there: its names must not lead elsewhere.
  const auto log = [&logs](std::string_view name) {
    return name.empty() || name.find('/') != std::string_view::npos ? fs::path() : logs / name;
  };
  failure.stdout_log = log(lines[2]);
  failure.stderr_log = log(lines[3]);
  return failure;
}

std::optional<int> run_as_rank_launcher(int argc, char** argv) {
  const auto plan = plan_in(argc, argv);
  if (!plan) return std::nullopt;
  ::prctl(PR_SET_NAME, "rank-launcher", 0, 0, 0);  // NOLINT(*-vararg)
  try {
    return RankLauncher(*plan, argv + words_before_command).run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "mlpipe ranks: cannot start the processes: {}\n", error.what());
    return 125;
  }
}

}  // namespace mlpipe
