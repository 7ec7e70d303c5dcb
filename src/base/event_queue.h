#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace mlpipe {

/// An unbounded queue with many producers and one consumer: the only place where other threads
/// hand work to the scheduler's thread.
template <class Event>
class EventQueue {
 public:
  void push(Event event) {
    // Notified under the lock: who has popped the last event may destroy this object.
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    ready_.notify_one();
  }

  /// Wait for the next event, but no longer than `limit`.
  [[nodiscard]] std::optional<Event> pop_within(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    if (!ready_.wait_for(lock, limit, [this] { return !events_.empty(); })) return std::nullopt;
    Event event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

  /// The next event if there is one.
  [[nodiscard]] std::optional<Event> try_pop() {
    const std::lock_guard lock(mutex_);
    if (events_.empty()) return std::nullopt;
    Event event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Event> events_;
};

}  // namespace mlpipe
