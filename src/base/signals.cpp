#include "base/signals.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>

#include "base/error.h"

namespace mlpipe {

namespace {

constexpr std::array watched = {SIGINT, SIGTERM, SIGHUP};

// A signal handler has no other way to its object.
std::atomic<int> handler_pipe{-1};

extern "C" void write_signal_to_pipe(int signal) {
  const int saved = errno;
  const auto byte = static_cast<char>(signal);
  (void)!::write(handler_pipe.load(), &byte, 1);
  errno = saved;
}

}  // namespace

SignalWatch::SignalWatch(std::function<void(int)> on_signal) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail_errno(errno, "cannot make a pipe");
  read_end_ = Fd(ends[0]);
  write_end_ = Fd(ends[1]);
  handler_pipe = write_end_.get();
  thread_ = std::jthread([fd = read_end_.get(), on_signal = std::move(on_signal)] {
    char byte = 0;
    for (;;) {
      const auto got = ::read(fd, &byte, 1);
      if (got < 0 && errno == EINTR) continue;
      if (got != 1 || byte == 0) return;  // 0: the end
      on_signal(byte);
    }
  });
  struct sigaction action {};
  action.sa_handler = write_signal_to_pipe;
  action.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < watched.size(); ++i) {
    ::sigaction(watched.at(i), nullptr, &before_.at(i));
    if (watched.at(i) == SIGHUP && before_.at(i).sa_handler == SIG_IGN) continue;
    ::sigaction(watched.at(i), &action, nullptr);
  }
}

SignalWatch::~SignalWatch() {
  for (std::size_t i = 0; i < watched.size(); ++i)
    ::sigaction(watched.at(i), &before_.at(i), nullptr);
  const char end = 0;
  (void)!::write(write_end_.get(), &end, 1);
  thread_.join();
  handler_pipe = -1;
}

}  // namespace mlpipe
