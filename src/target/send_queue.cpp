#include "target/send_queue.h"

#include <sys/socket.h>

#include <cerrno>

namespace mlpipe {

void SendQueue::flush(int socket) {
  while (!empty()) {
    const auto rest = std::string_view(bytes_).substr(sent_);
    const auto sent = ::send(socket, rest.data(), rest.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      sent_ += static_cast<std::size_t>(sent);
    } else if (errno != EINTR) {
      if (errno == EAGAIN) return;
      break;
    }
  }
  clear();
}

void SendQueue::clear() {
  bytes_.clear();
  sent_ = 0;
}

}  // namespace mlpipe
