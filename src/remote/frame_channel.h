#pragma once

#include <mutex>
#include <string_view>

#include "base/file.h"

namespace mlpipe {

/// The way out for whole frames, from any thread. Waits until the other side takes them.
class FrameChannel {
 public:
  explicit FrameChannel(Fd out) : out_(std::move(out)) {}

  /// False if the other side is gone; from then on always.
  bool send(std::string_view frame) { return send(frame, {}); }
  /// A frame in two pieces, so that a long one need not be copied together.
  bool send(std::string_view head, std::string_view rest);
  /// A frame whose end is so many bytes of a file, from where it stands. Zeros stand for what a
  /// file lacks, or cannot be read: whoever gets it sees by its hash that it is not what it should
  /// be.
  bool send(std::string_view head, const Fd& file, std::size_t bytes);
  /// If that does not wait for anything: then it is sent, whole. A long frame never is.
  [[nodiscard]] bool send_if_free(std::string_view frame);
  /// Nothing more is sent; the other side sees the end.
  void close();

 private:
  void write_out(std::string_view head, std::string_view rest);

  std::mutex mutex_;
  Fd out_;
};

}  // namespace mlpipe
