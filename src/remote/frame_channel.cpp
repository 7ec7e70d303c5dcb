#include "remote/frame_channel.h"

#include <unistd.h>

#include <cerrno>

namespace mlpipe {

bool FrameChannel::send(std::string_view frame) {
  const std::lock_guard lock(mutex_);
  while (out_ && !frame.empty()) {
    const auto sent = ::write(out_.get(), frame.data(), frame.size());
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) {
      out_.reset();
      break;
    }
    frame.remove_prefix(static_cast<std::size_t>(sent));
  }
  return static_cast<bool>(out_);
}

void FrameChannel::close() {
  const std::lock_guard lock(mutex_);
  out_.reset();
}

}  // namespace mlpipe
