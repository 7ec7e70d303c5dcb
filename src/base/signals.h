#pragma once

#include <array>
#include <csignal>
#include <functional>
#include <thread>

#include "base/file.h"

namespace mlpipe {

/// While it lives, INT, TERM and HUP do not end the process: `on_signal` gets their numbers, from a
/// thread of this object's. A HUP that is ignored (nohup) stays so. One at a time in a process.
class SignalWatch {
 public:
  explicit SignalWatch(std::function<void(int)> on_signal);
  /// Back to what the signals did before.
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  Fd read_end_;
  Fd write_end_;
  std::jthread thread_;
  std::array<struct sigaction, 3> before_{};
};

}  // namespace mlpipe
