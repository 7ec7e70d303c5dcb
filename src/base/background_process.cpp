#include "base/background_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/error.h"

namespace mlpipe {

namespace {

constexpr int first_handed_on = 3;

/// What posix_spawn wants to know, freed at the end.
class Plan {
 public:
  Plan() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &all);
    ::posix_spawnattr_setflags(&attributes_,
                               POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
  }
  ~Plan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  void open(int as, const std::filesystem::path& path, int flags) {
    ::posix_spawn_file_actions_addopen(&actions_, as, path.c_str(), flags, 0600);
  }
  void change_folder(const std::filesystem::path& folder) {
    ::posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
  }
  void close_from(int first) { ::posix_spawn_file_actions_addclosefrom_np(&actions_, first); }
  void duplicate(int from, int as) { ::posix_spawn_file_actions_adddup2(&actions_, from, as); }
  /// An errno value.
  [[nodiscard]] int spawn(pid_t& pid, char* const* argv) const {
    return ::posix_spawn(&pid, "/proc/self/exe", &actions_, &attributes_, argv, ::environ);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

std::filesystem::path own_program() {
  std::error_code problem;
  auto program = std::filesystem::read_symlink("/proc/self/exe", problem);
  if (problem) return "/proc/self/exe";
  // What the kernel says of a program that was replaced while it runs.
  constexpr std::string_view gone = " (deleted)";
  if (const auto& text = program.native(); text.ends_with(gone))
    return text.substr(0, text.size() - gone.size());
  return program;
}

void forget_ended_in_background() {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

pid_t start_in_background(const BackgroundProcess& process) {
  Plan plan;
  plan.open(STDIN_FILENO, "/dev/null", O_RDONLY);
  plan.open(STDOUT_FILENO, process.log_file, O_WRONLY | O_CREAT | O_APPEND);
  plan.duplicate(STDOUT_FILENO, STDERR_FILENO);
  // From above all places, so that none lands on another one that is still to be handed on.
  std::vector<Fd> copies;
  for (const auto* descriptor : process.descriptors)
    copies.emplace_back(::fcntl(descriptor->get(), F_DUPFD_CLOEXEC, 100));  // NOLINT(*-vararg)
  int place = first_handed_on;
  for (const auto& copy : copies) plan.duplicate(copy.get(), place++);
  plan.close_from(place);  // also what the caller's own caller left open: `flock F mlpipe submit`
  plan.change_folder(process.folder);
  std::vector<char*> argv;
  argv.reserve(process.argv.size() + 1);
  for (const auto& text : process.argv)
    argv.push_back(const_cast<char*>(text.c_str()));  // NOLINT(*-const-cast): exec's signature
  argv.push_back(nullptr);
  pid_t pid = 0;
  if (const int problem = plan.spawn(pid, argv.data()); problem != 0)
    fail_errno(problem, "cannot start mlpipe in the background, writing to '" +
                            process.log_file.string() + "'");
  return pid;
}

}  // namespace mlpipe
