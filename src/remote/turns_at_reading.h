#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace mlpipe {

/// Threads that take turns at reading what is asked. Who has read something that takes long does
/// it itself, and another one reads on: nothing waits for a thread to wake up before it is begun.
/// One always reads, however much there is to do.
class TurnsAtReading {
 public:
  using Work = std::function<void()>;

  /// `read` waits for the next piece of work, and gives nothing once there will be none; it is
  /// called by one thread at a time. At most so many pieces of work are done at a time. Neither
  /// may throw.
  TurnsAtReading(unsigned most_at_a_time, std::function<std::optional<Work>()> read)
      : most_(most_at_a_time), read_(std::move(read)) {}

  /// Until all is read and done.
  void run() {
    take_part();
    threads_.clear();  // waits for them
  }

 private:
  void take_part() {
    std::unique_lock lock(mutex_);
    for (;;) {
      ++idle_;
      changed_.wait(lock, [this] { return may_work() || (!is_read_ && !has_ended_) || is_done(); });
      --idle_;
      if (is_done()) {
        changed_.notify_all();  // those that waited while there still was something to do
        return;
      }
      if (!may_work() && !read_one(lock)) continue;
      auto work = std::move(waiting_.front());
      waiting_.pop_front();
      ++working_;
      let_another_read();
      lock.unlock();
      work();
      lock.lock();
      --working_;
    }
  }

  [[nodiscard]] bool may_work() const { return !waiting_.empty() && working_ < most_; }
  [[nodiscard]] bool is_done() const { return has_ended_ && waiting_.empty(); }

  /// Whether there is something that may be done now.
  bool read_one(std::unique_lock<std::mutex>& lock) {
    is_read_ = true;
    lock.unlock();
    auto work = read_();
    lock.lock();
    is_read_ = false;
    if (work) {
      waiting_.push_back(std::move(*work));
    } else {
      has_ended_ = true;
      changed_.notify_all();
    }
    return may_work();
  }

  void let_another_read() {
    if (is_read_ || has_ended_) return;
    if (idle_ == 0 && threads_.size() < most_)
      threads_.emplace_back([this] { take_part(); });
    else
      changed_.notify_one();
  }

  const std::size_t most_;
  std::function<std::optional<Work>()> read_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> waiting_;  ///< What was read while as many as may be were at work.
  std::size_t working_ = 0;
  std::size_t idle_ = 0;
  bool is_read_ = false;  ///< Somebody reads.
  bool has_ended_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace mlpipe
