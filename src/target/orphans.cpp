#include "target/orphans.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <map>
#include <set>
#include <thread>

#include "target/process_tree.h"

namespace mlpipe {

namespace {

/// A process that does not go in this time hangs in the kernel.
constexpr std::chrono::seconds orphan_patience{30};

std::set<pid_t> find_orphans(const std::vector<ProcessEntry>& all, pid_t supervisor,
                             const std::set<pid_t>& sessions) {
  std::set<pid_t> found;
  for (const auto& process : all)
    if (sessions.contains(process.session) || JobMark::of(process.pid).supervisor() == supervisor)
      found.insert(process.pid);
  for (bool grew = true; grew;) {
    grew = false;
    for (const auto& process : all)
      if (found.contains(process.parent)) grew = found.insert(process.pid).second || grew;
  }
  return found;
}

}  // namespace

void end_supervisor_and_orphans(pid_t supervisor, const std::vector<pid_t>& mains,
                                bool exits_by_itself) {
  if (!exits_by_itself) ::kill(supervisor, SIGKILL);
  int status = 0;
  while (::waitpid(supervisor, &status, 0) < 0 && errno == EINTR) {
  }
  if (exits_by_itself && WIFEXITED(status) && WEXITSTATUS(status) == 0) return;

  const std::set<pid_t> sessions(mains.begin(), mains.end());
  std::set<pid_t> ours = sessions;  // also once a session and a mark cannot be seen any more
  const auto give_up = std::chrono::steady_clock::now() + orphan_patience;
  while (std::chrono::steady_clock::now() < give_up) {
    const auto all = all_processes();
    const auto found = find_orphans(all, supervisor, sessions);
    bool left = false;
    for (const auto& process : all) {
      if (!found.contains(process.pid)) continue;
      ours.insert(process.pid);
      left = left || !process.ended || process.parent == ::getpid();
      if (!process.ended) ::kill(process.pid, SIGKILL);
    }
    for (const pid_t pid : ours) ::waitpid(pid, nullptr, WNOHANG);  // not a child: does nothing
    if (!left) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace mlpipe
