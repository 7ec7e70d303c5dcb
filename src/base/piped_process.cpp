#include "base/piped_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace mlpipe {

namespace {

std::pair<Fd, Fd> new_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail_errno(errno, "cannot make a pipe");
  return {Fd(ends[0]), Fd(ends[1])};
}

/// As exec wants it, for as long as the words live.
std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

PipedProcess::PipedProcess(const std::vector<std::string>& argv,
                           const std::vector<std::string>& environment) {
  auto [their_in, our_in] = new_pipe();
  auto [our_out, their_out] = new_pipe();
  auto [our_err, their_err] = new_pipe();
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_adddup2(&actions, their_in.get(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, their_out.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, their_err.get(), STDERR_FILENO);
  sigset_t none;
  sigset_t defaults;
  ::sigemptyset(&none);
  ::sigfillset(&defaults);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
  auto words = argv;
  auto variables = environment;
  const auto arguments = pointers_to(words);
  const int problem = ::posix_spawnp(&pid_, arguments[0], &actions, &attributes, arguments.data(),
                                     pointers_to(variables).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (problem != 0) fail_errno(problem, fmt::format("cannot start '{}'", printable(argv.front())));
  in_ = std::move(our_in);
  out_ = std::move(our_out);
  err_ = std::move(our_err);
}

PipedProcess::~PipedProcess() {
  in_.reset();
  kill();
  (void)wait();
}

int PipedProcess::wait() {
  int status = 0;
  while (pid_ > 0) {
    const pid_t ended = ::waitpid(pid_, &status, 0);
    if (ended < 0 && errno == EINTR) continue;
    pid_ = 0;
    if (ended > 0) code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return code_;
}

void PipedProcess::kill() const {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

}  // namespace mlpipe
