#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace mlpipe {

/// Threads for hashing and copying. Threads start with the first piece of work, so a run that has
/// none pays nothing.
class WorkerPool {
 public:
  /// `threads` at most; 0 means one per processor.
  explicit WorkerPool(unsigned threads = 0);
  /// Finishes what is queued, then ends.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Run `work` soon, on some thread. It must not throw.
  void run(std::function<void()> work);

  /// Run work(0) … work(count-1) on all threads and wait for the last. The first exception is
  /// thrown here. Waits for no other work, so it may be called from inside a piece of work.
  void for_each(std::size_t count, const std::function<void(std::size_t)>& work);

  [[nodiscard]] unsigned threads() const { return limit_; }

 private:
  /// A share of a for_each() names it by its address, so that it can be taken back.
  struct Piece {
    std::function<void()> work;
    const void* owner = nullptr;
  };

  void add(Piece piece);
  std::size_t take_back(const void* owner);
  void work_until_stopped();

  unsigned limit_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Piece> queue_;
  unsigned idle_ = 0;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace mlpipe
