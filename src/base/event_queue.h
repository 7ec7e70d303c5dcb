#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
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
    // Who has popped the last event may destroy this object: from then on only what is shared is
    // used. Not notified under the lock, for which the consumer would have to wait once more.
    const auto shared = shared_;
    {
      const std::lock_guard lock(shared->mutex);
      shared->events.push_back(std::move(event));
    }
    shared->ready.notify_one();
  }

  /// Wait for the next event, but no longer than `limit`.
  [[nodiscard]] std::optional<Event> pop_within(std::chrono::milliseconds limit) {
    std::unique_lock lock(shared_->mutex);
    if (!shared_->ready.wait_for(lock, limit, [this] { return !shared_->events.empty(); }))
      return std::nullopt;
    return pop();
  }

  /// The next event if there is one.
  [[nodiscard]] std::optional<Event> try_pop() {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->events.empty()) return std::nullopt;
    return pop();
  }

 private:
  struct Shared {
    std::mutex mutex;
    std::condition_variable ready;
    std::deque<Event> events;
  };

  Event pop() {
    Event event = std::move(shared_->events.front());
    shared_->events.pop_front();
    return event;
  }

  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

}  // namespace mlpipe
