#pragma once

#include <string>
#include <string_view>

namespace mlpipe {

/// Bytes on their way into a stream socket. Nothing here ever blocks: what the socket does not take
/// waits until it is writable. Not thread-safe.
class SendQueue {
 public:
  void add(std::string_view bytes) { bytes_ += bytes; }

  /// Send what the socket takes. If the peer is gone everything is dropped; the end of its half of
  /// the stream tells so.
  void flush(int socket);

  [[nodiscard]] bool empty() const { return sent_ == bytes_.size(); }
  void clear();

 private:
  std::string bytes_;
  std::size_t sent_ = 0;  ///< Of these bytes.
};

}  // namespace mlpipe
