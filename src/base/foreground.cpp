#include "base/foreground.h"

#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <thread>

#include "base/error.h"
#include "base/file.h"
#include "base/signals.h"

namespace mlpipe {

namespace {

/// While it lives, a signal is ignored.
class Ignored {
 public:
  explicit Ignored(int signal) : signal_(signal) {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(signal_, &ignore, &before_);
  }
  ~Ignored() { ::sigaction(signal_, &before_, nullptr); }
  Ignored(const Ignored&) = delete;
  Ignored& operator=(const Ignored&) = delete;

 private:
  int signal_;
  struct sigaction before_ {};
};

/// The terminal on stdin, if there is one, as it is now; at the end it is so again, and ours.
class LentTerminal {
 public:
  LentTerminal() {
    struct termios modes {};
    if (::tcgetattr(STDIN_FILENO, &modes) == 0) modes_ = modes;
  }
  ~LentTerminal() {
    if (!modes_) return;
    const Ignored background_writes(SIGTTOU);  // a killed shell has not given it back
    ::tcsetpgrp(STDIN_FILENO, ::getpgrp());
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &*modes_);
  }
  LentTerminal(const LentTerminal&) = delete;
  LentTerminal& operator=(const LentTerminal&) = delete;

 private:
  std::optional<struct termios> modes_;
};

/// Says to another thread that this scope is left, however it is left.
class SetAtEnd {
 public:
  explicit SetAtEnd(std::atomic<bool>& flag) : flag_(flag) {}
  ~SetAtEnd() { flag_ = true; }
  SetAtEnd(const SetAtEnd&) = delete;
  SetAtEnd& operator=(const SetAtEnd&) = delete;

 private:
  std::atomic<bool>& flag_;
};

/// A child as a file: its number may become another process's, this cannot.
Fd open_process(pid_t child) {
  Fd process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));  // NOLINT(*-vararg)
  if (process) return process;
  const int error = errno;
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  fail_errno(
      error,
      "cannot watch the program that was started (pidfd_open; mlpipe needs Linux 5.3 or newer)");
}

/// It may have ended.
void send_signal(int process, int signal) {
  ::syscall(SYS_pidfd_send_signal, process, signal, nullptr, 0);  // NOLINT(*-vararg)
}

/// poll, not waitid: ThreadSanitizer holds signals back while it waits in the latter.
void wait_for_end(int process) {
  pollfd look{.fd = process, .events = POLLIN, .revents = 0};
  while (::poll(&look, 1, -1) < 0 && errno == EINTR) {
  }
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const auto& text : texts)
    result.push_back(const_cast<char*>(text.c_str()));  // NOLINT(*-const-cast): exec's signature
  result.push_back(nullptr);
  return result;
}

pid_t spawn(const ForegroundProgram& program) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_addchdir_np(&actions, program.work_directory.c_str());
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const auto argv = pointers_to(program.argv);
  const auto environment = pointers_to(program.environment);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, program.argv.at(0).c_str(), &actions, &attributes,
                                  argv.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (error != 0)
    fail_errno(error, fmt::format("cannot start '{}' in '{}'", program.argv.at(0),
                                  program.work_directory.string()));
  return pid;
}

}  // namespace

int run_in_foreground(const ForegroundProgram& program) {
  const LentTerminal terminal;
  const Ignored quit(SIGQUIT);
  Fd process;
  std::atomic<int> running{-1};
  std::atomic<bool> over{false};
  const SignalWatch signals([&running, &over](int signal) {
    if (signal == SIGINT) return;  // the terminal has sent it to the program, too
    // Bash misses one that comes just before it reads from the terminal, and goes on waiting.
    while (!over) {
      if (running >= 0) send_signal(running, SIGHUP);
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  });
  const SetAtEnd end(over);
  const pid_t pid = spawn(program);
  process = open_process(pid);
  running = process.get();
  wait_for_end(process.get());
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace mlpipe
