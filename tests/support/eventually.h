#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace mlpipe::test {

/// Whether `condition` comes true within `limit`; looks every few milliseconds. The limit is
/// generous because machines are busy: a test that passes never waits for it.
inline bool eventually(const std::function<bool()>& condition,
                       std::chrono::milliseconds limit = std::chrono::seconds(20)) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return condition();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace mlpipe::test
