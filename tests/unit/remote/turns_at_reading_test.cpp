#include "remote/turns_at_reading.h"

#include <atomic>

#include "support/catch.h"

namespace mlpipe {
namespace {

/// Opens once.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false;
};

TEST_CASE("who reads something does it, and all is done before the end", "[remote]") {
  constexpr int count = 1000;
  int read = 0;
  std::thread::id reader;
  std::atomic<int> by_reader = 0;
  std::atomic<int> done = 0;
  TurnsAtReading(4, [&]() -> std::optional<TurnsAtReading::Work> {
    if (read++ == count) return std::nullopt;
    return [&, who = std::this_thread::get_id()] {
      if (std::this_thread::get_id() == who) ++by_reader;
      ++done;
    };
  }).run();
  CHECK(done == count);
  CHECK(by_reader > 0);
  CHECK(read == count + 1);
}

TEST_CASE("as much is done at a time as may be, and the rest is read all the same", "[remote]") {
  constexpr unsigned most = 3;
  constexpr int count = 10;
  Gate all_read;
  int read = 0;
  std::atomic<int> at_work = 0;
  std::atomic<int> most_at_work = 0;
  std::atomic<int> done = 0;
  TurnsAtReading(most, [&]() -> std::optional<TurnsAtReading::Work> {
    if (read++ == count) {
      all_read.open();
      return std::nullopt;
    }
    return [&] {
      const int now_at_work = ++at_work;
      int seen = most_at_work;
      while (seen < now_at_work && !most_at_work.compare_exchange_weak(seen, now_at_work)) {
      }
      all_read.wait();
      --at_work;
      ++done;
    };
  }).run();
  CHECK(done == count);
  CHECK(most_at_work == most);
}

TEST_CASE("all threads end, whoever read the end and whoever did the last piece", "[remote]") {
  constexpr int rounds = 300;
  constexpr int count = 20;
  for (int round = 0; round < rounds; ++round) {
    int read = 0;
    std::atomic<int> done = 0;
    TurnsAtReading(2, [&]() -> std::optional<TurnsAtReading::Work> {
      if (read++ == count) return std::nullopt;
      return [&] {
        std::this_thread::yield();
        ++done;
      };
    }).run();
    REQUIRE(done == count);
  }
}

TEST_CASE("nothing to read is the end", "[remote]") {
  TurnsAtReading(2, []() -> std::optional<TurnsAtReading::Work> { return std::nullopt; }).run();
  SUCCEED();
}

}  // namespace
}  // namespace mlpipe
