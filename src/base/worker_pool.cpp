#include "base/worker_pool.h"

#include <algorithm>
#include <atomic>
#include <exception>

namespace mlpipe {

WorkerPool::WorkerPool(unsigned threads)
    : limit_(threads != 0 ? threads : std::max(1U, std::thread::hardware_concurrency())) {}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ready_.notify_all();
}

void WorkerPool::run(std::function<void()> work) { add({.work = std::move(work)}); }

void WorkerPool::add(Piece piece) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(piece));
    if (queue_.size() > idle_ && threads_.size() < limit_)
      threads_.emplace_back([this] { work_until_stopped(); });
  }
  ready_.notify_one();
}

void WorkerPool::for_each(std::size_t count, const std::function<void(std::size_t)>& work) {
  if (count == 0) return;
  const auto share = std::min<std::size_t>(limit_, count);
  std::atomic<std::size_t> next{0};
  std::mutex mutex;  // for the three below; the last one to leave notifies under it, so that
  std::condition_variable all_done;  // nobody touches them once this function returns
  auto working = share;
  std::exception_ptr error;
  const auto take = [&] {
    std::exception_ptr mine;
    try {
      for (std::size_t i = next++; i < count; i = next++) work(i);
    } catch (...) {
      next = count;
      mine = std::current_exception();
    }
    const std::lock_guard lock(mutex);
    if (mine && !error) error = mine;
    if (--working == 0) all_done.notify_one();
  };
  for (std::size_t i = 1; i < share; ++i) add({.work = take, .owner = &next});
  take();
  // Nothing is left to do: shares that no thread has come to are not waited for. All threads may
  // be busy for long, or be waiting here themselves.
  const auto not_begun = take_back(&next);
  {
    std::unique_lock lock(mutex);
    working -= not_begun;
    all_done.wait(lock, [&] { return working == 0; });
  }
  if (error) std::rethrow_exception(error);
}

/// Remove the owner's pieces that no thread has begun; how many they were.
std::size_t WorkerPool::take_back(const void* owner) {
  const std::lock_guard lock(mutex_);
  return std::erase_if(queue_, [owner](const Piece& piece) { return piece.owner == owner; });
}

void WorkerPool::work_until_stopped() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    ready_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    --idle_;
    if (queue_.empty()) return;
    const Piece piece = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    piece.work();
    lock.lock();
  }
}

}  // namespace mlpipe
