#include "target/descendants.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <set>
#include <thread>

#include "target/process_tree.h"

namespace mlpipe {

namespace {

constexpr std::chrono::seconds grace{2};
constexpr std::chrono::seconds kill_patience{10};

/// The processes below this one that still run.
std::set<pid_t> running_below() {
  const auto all = all_processes();
  std::set<pid_t> found{::getpid()};
  for (bool grew = true; grew;) {
    grew = false;
    for (const auto& process : all)
      if (found.contains(process.parent)) grew = found.insert(process.pid).second || grew;
  }
  found.erase(::getpid());
  for (const auto& process : all)
    if (process.ended) found.erase(process.pid);
  return found;
}

void take_away_ended() {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

}  // namespace

DescendantsHeld::DescendantsHeld() {
  ::prctl(PR_GET_CHILD_SUBREAPER, &before_, 0, 0, 0);  // NOLINT(*-vararg)
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);         // NOLINT(*-vararg)
}

DescendantsHeld::~DescendantsHeld() {
  ::prctl(PR_SET_CHILD_SUBREAPER, before_, 0, 0, 0);  // NOLINT(*-vararg)
}

std::size_t DescendantsHeld::end_all() const {
  const auto begun = std::chrono::steady_clock::now();
  std::set<pid_t> asked;
  for (;;) {
    take_away_ended();
    const auto left = running_below();
    const auto waited = std::chrono::steady_clock::now() - begun;
    if (left.empty() || waited > grace + kill_patience) return asked.size();
    for (const pid_t pid : left) {
      if (waited > grace) ::kill(pid, SIGKILL);
      if (!asked.insert(pid).second) continue;
      ::kill(pid, SIGTERM);
      ::kill(pid, SIGCONT);  // one that is stopped would not hear it
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace mlpipe
