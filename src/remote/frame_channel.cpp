#include "remote/frame_channel.h"

#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace mlpipe {

bool FrameChannel::send(std::string_view head, std::string_view rest) {
  const auto piece = [](std::string_view bytes) {
    return iovec{const_cast<char*>(bytes.data()), bytes.size()};  // NOLINT(*-const-cast): as it is
  };
  const std::lock_guard lock(mutex_);
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
  return static_cast<bool>(out_);
}

void FrameChannel::send_if_free(std::string_view frame) {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock || !out_) return;
  pollfd what{out_.get(), POLLOUT, 0};
  if (::poll(&what, 1, 0) == 1 && (what.revents & POLLOUT) != 0)
    (void)!::write(out_.get(), frame.data(), frame.size());  // a pipe takes so few whole
}

void FrameChannel::close() {
  const std::lock_guard lock(mutex_);
  out_.reset();
}

}  // namespace mlpipe
