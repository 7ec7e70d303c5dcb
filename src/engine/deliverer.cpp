#include "engine/deliverer.h"

#include <csignal>
#include <cstring>
#include <thread>

#include "base/background_process.h"
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
    (void)start_in_background(
        {.argv = {"mlpipe", deliverer_word, workspace.native(), state.root.native()},
         .folder = workspace,
         .log_file = "/dev/null"});
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

std::optional<int> run_as_deliverer(int argc, char** argv) {
  if (argc != 4 || std::strcmp(argv[1], deliverer_word) != 0) return std::nullopt;
  const fs::path workspace(argv[2]);
  const StateDirectory state{argv[3]};
  (void)std::signal(SIGPIPE, SIG_IGN);  // a command that reads nothing is no reason to end
  try {
    deliver_all(workspace, state);
    return 0;
  } catch (const std::exception&) {
    return 3;  // what is due stays so
  }
}

}  // namespace mlpipe
