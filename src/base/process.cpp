#include "base/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/look_recorder.h"
#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

using namespace std::chrono_literals;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t kept_of_stderr = std::size_t{64} << 10U;
/// How long a pipe may stay open after its program ended (a daemon it left behind may hold it).
constexpr std::chrono::milliseconds drain_time{200};
/// Whether it is to be stopped.
constexpr std::chrono::milliseconds look_again{200};

/// What posix_spawn wants to know, freed at the end.
class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  void give(const Fd& fd, int as) { ::posix_spawn_file_actions_adddup2(&actions_, fd.get(), as); }
  void change_folder(const fs::path& folder) {
    ::posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
  }
  /// Returns an errno value.
  [[nodiscard]] int spawn(pid_t& pid, const fs::path& program, char* const* argv,
                          char* const* environment) const {
    return ::posix_spawn(&pid, program.c_str(), &actions_, &attributes_, argv, environment);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const auto& text : texts)
    result.push_back(const_cast<char*>(text.c_str()));  // NOLINT(*-const-cast): exec's signature
  result.push_back(nullptr);
  return result;
}

/// A file that holds `text`, to be read from its start: no pipe to fill, no SIGPIPE.
Fd text_as_file(const std::string& text) {
  if (text.empty()) return open_file("/dev/null", O_RDONLY);
  Fd fd(::memfd_create("stdin", MFD_CLOEXEC));
  if (!fd) fail_errno(errno, "cannot make a file in memory for a program's input");
  write_all(fd.get(), text, "stdin");
  ::lseek(fd.get(), 0, SEEK_SET);
  return fd;
}

std::pair<Fd, Fd> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail_errno(errno, "cannot make a pipe");
  return {Fd(ends[0]), Fd(ends[1])};
}

std::string path_of(const ProcessSpec& spec) {
  if (!spec.environment) {
    const char* path = ::getenv("PATH");
    return path != nullptr ? path : "";
  }
  for (const auto& entry : *spec.environment)
    if (entry.rfind("PATH=", 0) == 0) return entry.substr(5);
  return "";
}

/// A program that runs, and what it has said so far.
class Conversation {
 public:
  Conversation(pid_t pid, Fd out, Fd err, const ProcessSpec& spec)
      : pid_(pid),
        ended_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))),  // NOLINT(*-vararg)
        out_(std::move(out)),
        err_(std::move(err)),
        output_limit_(spec.output_limit),
        stop_(spec.stop) {
    if (ended_) return;
    const int error = errno;
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    fail_errno(
        error,
        "cannot watch the program that was started (pidfd_open; mlpipe needs Linux 5.3 or newer)");
  }

  ProcessResult finish(SteadyTime deadline) {
    while (out_ || err_) {
      if (is_stopped() && !result_.timed_out) deadline = std::chrono::steady_clock::now();
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0) {
        if (!ended_) break;            // it ended and left a daemon that holds the pipe
        if (result_.timed_out) break;  // killed, and a process out of its group holds the pipe
        result_.timed_out = true;
        ::kill(-pid_, SIGKILL);
        deadline = std::chrono::steady_clock::now() + drain_time;
        continue;
      }
      if (wait(slice(left)) && ended_) {
        ended_.reset();
        deadline = std::min(deadline, std::chrono::steady_clock::now() + drain_time);
      }
    }
    return reap(deadline);
  }

 private:
  [[nodiscard]] bool is_stopped() const { return stop_ != nullptr && *stop_; }
  /// So much of it can be waited for without a look.
  [[nodiscard]] std::chrono::milliseconds slice(std::chrono::milliseconds left) const {
    return stop_ == nullptr ? left : std::min(left, look_again);
  }

  /// Take in what comes; true when the program has ended.
  bool wait(std::chrono::milliseconds limit) {
    std::array<pollfd, 3> what{
        {{out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}, {ended_.get(), POLLIN, 0}}};
    if (::poll(what.data(), what.size(), static_cast<int>(limit.count())) <= 0) return false;
    if (what[0].revents != 0) take_out();
    if (what[1].revents != 0) take_err();
    return what[2].revents != 0;
  }

  void take_out() {
    const auto got = take(out_);
    result_.out.append(got.substr(0, output_limit_ - std::min(output_limit_, result_.out.size())));
  }

  void take_err() {
    result_.err.append(take(err_));
    if (result_.err.size() > 2 * kept_of_stderr) cut_err();
  }

  void cut_err() {
    if (result_.err.size() > kept_of_stderr)
      result_.err.erase(0, result_.err.size() - kept_of_stderr);
  }

  std::string_view take(Fd& from) {
    const auto got = ::read(from.get(), buffer_.data(), buffer_.size());
    if (got > 0) return {buffer_.data(), static_cast<std::size_t>(got)};
    if (got == 0 || errno != EINTR) from.reset();
    return {};
  }

  /// The program may close its outputs long before it ends: the time-out holds here too.
  ProcessResult reap(SteadyTime deadline) {
    int status = 0;
    if (ended_) {
      pollfd what{ended_.get(), POLLIN, 0};
      int ready = 0;
      std::chrono::milliseconds left{};
      do {
        left = std::chrono::ceil<std::chrono::milliseconds>(deadline -
                                                            std::chrono::steady_clock::now());
        left = std::max(is_stopped() ? 0ms : left, 0ms);
        ready = ::poll(&what, 1, static_cast<int>(slice(left).count()));
      } while ((ready < 0 && errno == EINTR) || (ready == 0 && left > 0ms));
      if (ready == 0) {
        result_.timed_out = true;
        ::kill(-pid_, SIGKILL);
      }
    }
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    result_.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    cut_err();
    return std::move(result_);
  }

  pid_t pid_;
  Fd ended_;  ///< Readable when the program has ended; closed when that was seen.
  Fd out_;
  Fd err_;
  std::size_t output_limit_;
  const std::atomic<bool>* stop_;
  ProcessResult result_;
  std::array<char, 65536> buffer_{};
};

ProcessResult no_such_program(std::string message) {
  ProcessResult result;
  result.exit_code = 127;
  result.err = std::move(message);
  return result;
}

}  // namespace

ProcessResult run_process(const ProcessSpec& spec) {
  LookRecorder::saw_more();  // whatever the program goes by
  if (spec.argv.empty()) return no_such_program("no program given");
  const auto& name = spec.argv.front();
  const auto program = find_program(name, path_of(spec));
  if (!program) return no_such_program(fmt::format("there is no program '{}' on PATH", name));

  auto [out, out_end] = make_pipe();
  auto [err, err_end] = make_pipe();
  const Fd in = text_as_file(spec.stdin_text);
  SpawnPlan plan;
  plan.give(in, STDIN_FILENO);
  plan.give(out_end, STDOUT_FILENO);
  plan.give(err_end, STDERR_FILENO);
  if (!spec.work_directory.empty()) plan.change_folder(spec.work_directory);

  const auto argv = pointers(spec.argv);
  std::vector<char*> environment;
  if (spec.environment) environment = pointers(*spec.environment);
  pid_t pid = 0;
  const int error =
      plan.spawn(pid, *program, argv.data(), spec.environment ? environment.data() : environ);
  if (error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE)
    fail_errno(error, fmt::format("cannot start '{}'", name));
  if (error != 0)
    return no_such_program(fmt::format("cannot start '{}' in '{}': {}", program->string(),
                                       spec.work_directory.string(),
                                       std::generic_category().message(error)));
  out_end.reset();
  err_end.reset();
  Conversation conversation(pid, std::move(out), std::move(err), spec);
  return conversation.finish(std::chrono::steady_clock::now() + spec.timeout);
}

std::optional<fs::path> find_program(const std::string& name, const std::string& path) {
  const auto runs = [](const fs::path& file) {
    try {
      const auto look = stat_file(file);
      return look && look->kind == FileKind::file && ::access(file.c_str(), X_OK) == 0;
    } catch (const Error&) {
      return false;  // in a folder that may not be entered
    }
  };
  if (name.empty()) return std::nullopt;
  if (name.find('/') != std::string::npos) {
    if (!runs(name)) return std::nullopt;
    return fs::absolute(name);
  }
  for (const auto folder : split(path, ':')) {
    const fs::path file = (folder.empty() ? fs::path(".") : fs::path(folder)) / name;
    if (runs(file)) return fs::absolute(file);
  }
  return std::nullopt;
}

}  // namespace mlpipe
