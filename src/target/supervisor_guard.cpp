#include "target/supervisor_guard.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "base/error.h"
#include "target/orphans.h"

namespace mlpipe {

namespace {

/// The guard's whole life. A session of its own, so that a signal for the supervisor's does not
/// reach it; the signals that ask for an end are blocked already.
[[noreturn]] void keep_watch(int supervisor_lives, pid_t supervisor) {
  ::setsid();
  ::prctl(PR_SET_NAME, "job-guard", 0, 0, 0);  // NOLINT(*-vararg)
  const auto number = static_cast<unsigned>(supervisor_lives);
  if (number > 3) ::close_range(3, number - 1, 0);
  ::close_range(number + 1, ~0U, 0);
  char nothing = 0;
  while (::read(supervisor_lives, &nothing, 1) < 0 && errno == EINTR) {
  }
  end_marked_by(supervisor);
  ::_exit(0);
}

}  // namespace

SupervisorGuard::SupervisorGuard() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    fail_errno(errno, "cannot prepare to watch the steps' processes (pipe)");
  const Fd theirs(ends[0]);
  alive_ = Fd(ends[1]);
  const pid_t supervisor = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) fail_errno(errno, "cannot start the process that guards the steps' processes");
  if (pid_ == 0) keep_watch(theirs.get(), supervisor);
}

void SupervisorGuard::dismiss() const {
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace mlpipe
