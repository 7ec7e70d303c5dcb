#include "target/enclosed_start.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "base/error.h"
#include "base/text.h"

namespace mlpipe {

namespace {

constexpr int channel_number = 3;
constexpr int executable_number = 4;
/// Making an enclosure takes milliseconds; a network mount that does not answer takes for ever.
constexpr std::chrono::milliseconds enclosing_patience{60'000};

/// One number each way and back: "I am process N", "you are a child of process N", "errno N".
using Word = std::int32_t;

bool send_word(int socket, Word word) {
  return ::send(socket, &word, sizeof word, MSG_NOSIGNAL) == sizeof word;
}

/// Nothing if the other side is gone.
std::optional<Word> receive_word(int socket) {
  Word word = 0;
  for (;;) {
    const auto got = ::recv(socket, &word, sizeof word, 0);
    if (got == sizeof word) return word;
    if (got < 0 && errno == EINTR) continue;
    return std::nullopt;
  }
}

bool wait_readable(int socket) {
  pollfd what{socket, POLLIN, 0};
  const auto until = std::chrono::steady_clock::now() + enclosing_patience;
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    const int found = ::poll(&what, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    if (found > 0) return true;
    if (found == 0 || errno != EINTR) return false;
  }
}

void wait_for(pid_t pid) {
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

/// The descriptor again, above those that the child is to get.
Fd above_reserved(Fd fd) {
  Fd high(::fcntl(fd.get(), F_DUPFD_CLOEXEC, executable_number + 1));  // NOLINT(*-vararg)
  if (!high) fail_errno(errno, "cannot prepare an isolated process");
  return high;
}

}  // namespace

EnclosedStart::EnclosedStart(const Job& job) : job_(job) {
  std::array<int, 2> ends{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    fail_errno(errno, "cannot make a socket for an isolated process");
  ours_ = Fd(ends[0]);
  theirs_ = above_reserved(Fd(ends[1]));
  // By descriptor, since the program's own file need not be there in the enclosure.
  executable_ = above_reserved(open_file("/proc/self/exe", O_RDONLY));
}

std::vector<std::string> EnclosedStart::argv(const std::string& program) const {
  auto argv = job_.enclosure;
  argv.insert(argv.end(), {"--", fmt::format("/proc/self/fd/{}", executable_number), "launch",
                           std::to_string(channel_number), program});
  argv.insert(argv.end(), job_.argv.begin(), job_.argv.end());
  return argv;
}

EnclosedStart::Outcome EnclosedStart::not_enclosed(pid_t outer) {
  ::kill(outer, SIGKILL);
  wait_for(outer);
  constexpr std::uint64_t tail = 2000;
  const std::string said = read_tail(job_.stderr_file, tail);
  const auto lines = split(trim(said), '\n');
  return {.problem = fmt::format("it cannot be isolated: {}",
                                 trim(said).empty() ? "the program that isolates it gave no answer"
                                                    : printable(lines.back()))};
}

EnclosedStart::Outcome EnclosedStart::finish(pid_t outer, const std::string& program) {
  theirs_.reset();
  const auto inner = wait_readable(ours_.get()) ? receive_word(ours_.get()) : std::nullopt;
  if (!inner) return not_enclosed(outer);
  if (*inner != outer) {
    ::kill(outer, SIGKILL);
    wait_for(outer);
  }
  // From here on the inner process is our child.
  (void)send_word(ours_.get(), ::getpid());
  const auto error = receive_word(ours_.get());  // its end of the socket is closed by exec
  if (!error) return {.pid = *inner, .problem = {}};
  wait_for(*inner);
  const bool exists_here = *error == ENOENT && ::access(program.c_str(), F_OK) == 0;
  return {.problem = fmt::format(
              "cannot run '{}': {}", program,
              exists_here
                  ? "it exists, but it (or what it needs to start) is not shown to an isolated step"
                  : std::generic_category().message(*error))};
}

std::optional<int> run_as_launcher(int argc, char** argv) {
  constexpr int fixed_arguments = 4;
  if (argc <= fixed_arguments || std::strcmp(argv[1], "launch") != 0 ||
      std::strcmp(argv[2], "3") != 0)
    return std::nullopt;
  struct stat look {};
  if (::fstat(channel_number, &look) != 0 || !S_ISSOCK(look.st_mode)) return std::nullopt;
  constexpr int not_run = 127;
  if (!send_word(channel_number, ::getpid())) return not_run;
  const auto parent = receive_word(channel_number);
  if (!parent) return not_run;
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);  // NOLINT(*-vararg)
  if (::getppid() != *parent) return not_run;
  ::fcntl(channel_number, F_SETFD, FD_CLOEXEC);  // NOLINT(*-vararg)
  ::close(executable_number);
  ::unsetenv("PWD");  // bubblewrap's, which a step that is not isolated does not get
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execv(argv[3], argv + fixed_arguments);
  (void)send_word(channel_number, errno);
  return not_run;
}

}  // namespace mlpipe
