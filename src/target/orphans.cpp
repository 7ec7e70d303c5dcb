#include "target/orphans.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <thread>

#include "base/error.h"
#include "base/file.h"
#include "target/process_tree.h"

namespace mlpipe {

namespace {

/// A process that does not go in this time hangs in the kernel.
constexpr std::chrono::seconds orphan_patience{30};

/// Of PID/ns/pid; empty if there is no such process or it may not be looked at.
std::string pid_namespace(const std::string& pid) {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/" + pid + "/ns/pid", error).native();
}

/// The supervisor that gave a process its mark; 0 if it has none, or one given where processes are
/// counted otherwise (a container): there the same number is another process.
pid_t marked_by(pid_t pid) {
  static const std::string ours = pid_namespace("self");
  const pid_t supervisor = JobMark::of(pid).supervisor();
  if (supervisor == 0 || pid_namespace(std::to_string(pid)) != ours) return 0;
  return supervisor;
}

std::set<pid_t> find_orphans(const std::vector<ProcessEntry>& all, pid_t supervisor,
                             const std::set<pid_t>& sessions) {
  std::set<pid_t> found;
  for (const auto& process : all)
    if (sessions.contains(process.session) || marked_by(process.pid) == supervisor)
      found.insert(process.pid);
  for (bool grew = true; grew;) {
    grew = false;
    for (const auto& process : all)
      if (found.contains(process.parent)) grew = found.insert(process.pid).second || grew;
  }
  return found;
}

/// Not one that has ended and is only not yet waited for.
bool is_living_supervisor(pid_t pid) {
  const auto process = look_at_process(pid);
  if (!process || process->ended) return false;
  const auto comm = fmt::format("/proc/{}/comm", pid);
  try {
    return read_file(comm) == "job-supervisor\n";
  } catch (const Error&) {
    return false;  // it has just ended
  }
}

}  // namespace

void end_marked_by(pid_t supervisor) {
  // One look may miss what is just being forked: nothing is left when two in a row find nothing.
  constexpr int looks = 2;
  const auto give_up = std::chrono::steady_clock::now() + orphan_patience;
  for (int found_nothing = 0; found_nothing < looks;) {
    const auto all = all_processes();
    const auto found = find_orphans(all, supervisor, {});
    ++found_nothing;
    for (const auto& process : all) {
      if (process.ended || !found.contains(process.pid)) continue;
      ::kill(process.pid, SIGKILL);
      found_nothing = 0;
    }
    if (std::chrono::steady_clock::now() > give_up) return;
    if (found_nothing < looks) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

void end_leftovers() {
  std::set<pid_t> gone;
  for (const auto& process : all_processes()) {
    const pid_t supervisor = process.ended ? 0 : marked_by(process.pid);
    if (supervisor == 0 || is_living_supervisor(supervisor)) continue;
    gone.insert(supervisor);
  }
  for (const pid_t supervisor : gone) end_marked_by(supervisor);
}

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
