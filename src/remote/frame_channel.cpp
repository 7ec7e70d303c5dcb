#include "remote/frame_channel.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <string>

namespace mlpipe {

namespace {

constexpr std::size_t copied_bytes = std::size_t{64} << 10U;

}  // namespace

bool FrameChannel::send(std::string_view head, std::string_view rest) {
  const std::lock_guard lock(mutex_);
  write_out(head, rest);
  return static_cast<bool>(out_);
}

/// Pages of the file go into the pipe as they are: nothing is copied.
bool FrameChannel::send(std::string_view head, const Fd& file, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  write_out(head, {});
  while (out_ && bytes > 0) {
    const auto sent = ::splice(file.get(), nullptr, out_.get(), nullptr, bytes, 0);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EPIPE) out_.reset();
    if (sent <= 0) break;
    bytes -= static_cast<std::size_t>(sent);
  }
  std::string buffer(std::min(bytes, copied_bytes), '\0');
  while (out_ && bytes > 0) {
    auto got = ::read(file.get(), buffer.data(), std::min(bytes, buffer.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      got = static_cast<ssize_t>(std::min(bytes, buffer.size()));
      std::fill(buffer.begin(), buffer.end(), '\0');
    }
    write_out(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)), {});
    bytes -= static_cast<std::size_t>(got);
  }
  return static_cast<bool>(out_);
}

/// Under the mutex.
void FrameChannel::write_out(std::string_view head, std::string_view rest) {
  const auto piece = [](std::string_view bytes) {
    return iovec{const_cast<char*>(bytes.data()), bytes.size()};  // NOLINT(*-const-cast): as it is
  };
  while (out_ && !(head.empty() && rest.empty())) {
    const std::array<iovec, 2> pieces{piece(head), piece(rest)};
    const auto sent = ::writev(out_.get(), pieces.data(), pieces.size());
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) {
      out_.reset();
      break;
    }
    const auto of_head = std::min(static_cast<std::size_t>(sent), head.size());
    head.remove_prefix(of_head);
    rest.remove_prefix(static_cast<std::size_t>(sent) - of_head);
  }
}

bool FrameChannel::send_if_free(std::string_view frame) {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock || !out_ || frame.size() > PIPE_BUF) return false;
  pollfd what{out_.get(), POLLOUT, 0};
  // A pipe that takes anything takes so few bytes whole.
  return ::poll(&what, 1, 0) == 1 && (what.revents & POLLOUT) != 0 &&
         ::write(out_.get(), frame.data(), frame.size()) == static_cast<ssize_t>(frame.size());
}

void FrameChannel::close() {
  const std::lock_guard lock(mutex_);
  out_.reset();
}

}  // namespace mlpipe
