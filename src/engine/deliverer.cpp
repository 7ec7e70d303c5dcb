#include "engine/deliverer.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

#include "base/file_lock.h"
#include "engine/deliver_notifications.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

constexpr const char* deliverer_word = "__notify";

bool is_at_work(const StateDirectory& state) {
  return stat_link(state.notify_lock()) &&
         LockFile(state.notify_lock(), LockFile::OnlyLook()).held_elsewhere(0);
}

/// The process that is started leaves the work to a child at once, so that nobody has to wait for
/// that one.
bool spawn_deliverer(const StateDirectory& state, const fs::path& workspace) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  for (int fd = 0; fd <= 2; ++fd)
    ::posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", fd == 0 ? O_RDONLY : O_WRONLY, 0);
  std::array<std::string, 4> words{"mlpipe", deliverer_word, workspace.string(),
                                   state.root.string()};
  std::array<char*, 5> argv{words[0].data(), words[1].data(), words[2].data(), words[3].data(),
                            nullptr};
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, "/proc/self/exe", &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return false;
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return true;
}

/// Nothing of whoever ended a run: not its session, open files, folder or signals.
void leave_starter(const fs::path& workspace) {
  ::setsid();
  ::close_range(3, ~0U, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int signal : {SIGHUP, SIGPIPE}) (void)std::signal(signal, SIG_IGN);
  for (const int signal : {SIGINT, SIGTERM, SIGCHLD}) (void)std::signal(signal, SIG_DFL);
  if (::chdir(workspace.c_str()) == 0 || ::chdir("/") == 0) return;
}

/// A run that ends while the lock is held relies on its holder: once more after letting go.
void deliver_all(const fs::path& workspace, const StateDirectory& state) {
  if (!state.exists()) return;
  History history(state.database(), Database::Mode::read_write);
  LockFile lock(state.notify_lock());
  while (state.exists() && lock.try_lock(0)) {
    deliver_notifications({.history = history,
                           .workspace = workspace,
                           .environment = own_environment(),
                           .clock = now,
                           .sleep = [](Duration time) { std::this_thread::sleep_for(time); },
                           .run_command = run_process,
                           .post = http_post,
                           .goes_on = [&state] { return state.exists(); }});
    lock.unlock(0);
    if (history.due_notifications().empty()) return;
  }
}

}  // namespace

bool start_deliverer(History& history, const StateDirectory& state,
                     const fs::path& workspace) noexcept {
  try {
    if (history.due_notifications().empty() || is_at_work(state)) return false;
    return spawn_deliverer(state, workspace);
  } catch (const std::exception&) {
    return false;
  }
}

std::optional<int> run_as_deliverer(int argc, char** argv) {
  if (argc != 4 || std::strcmp(argv[1], deliverer_word) != 0) return std::nullopt;
  const fs::path workspace(argv[2]);
  const StateDirectory state{argv[3]};
  const pid_t child = ::fork();
  if (child != 0) return child > 0 ? 0 : 3;
  leave_starter(workspace);
  try {
    deliver_all(workspace, state);
    return 0;
  } catch (const std::exception&) {
    return 3;  // what is due stays so
  }
}

}  // namespace mlpipe
