#include "base/worker_pool.h"

#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "support/catch.h"

namespace mlpipe {

TEST_CASE("for_each does every piece of work once, and is done when it returns") {
  WorkerPool pool(4);
  for (const std::size_t count : {0U, 1U, 3U, 1000U}) {
    std::vector<std::atomic<int>> done(count);
    pool.for_each(count, [&](std::size_t i) { ++done[i]; });
    for (const auto& times : done) CHECK(times == 1);
  }
}

TEST_CASE("for_each many times over leaves nothing behind that is still in use") {
  WorkerPool pool(4);
  std::atomic<int> sum{0};
  for (int round = 0; round < 2000; ++round) pool.for_each(4, [&](std::size_t) { ++sum; });
  CHECK(sum == 8000);
}

TEST_CASE("for_each may be called from inside pieces of work, on all threads at once") {
  WorkerPool pool(2);
  std::atomic<int> sum{0};
  for (int round = 0; round < 200; ++round)
    pool.for_each(4, [&](std::size_t) { pool.for_each(4, [&](std::size_t) { ++sum; }); });
  CHECK(sum == 3200);
}

TEST_CASE("for_each does not wait for a thread that is busy with other work") {
  std::atomic<bool> go_on{false};  // outlives the threads that look at it
  WorkerPool pool(2);
  for (int i = 0; i < 2; ++i)
    pool.run([&] {
      while (!go_on) std::this_thread::yield();
    });
  int sum = 0;
  std::mutex mutex;
  pool.for_each(100, [&](std::size_t) {
    const std::lock_guard lock(mutex);
    ++sum;
  });
  CHECK(sum == 100);
  go_on = true;
}

TEST_CASE("for_each throws the first exception when all have stopped") {
  WorkerPool pool(4);
  std::atomic<int> running{0};
  const auto work = [&](std::size_t i) {
    ++running;
    if (i % 10 == 3) {
      --running;
      throw std::runtime_error("bad");
    }
    --running;
  };
  CHECK_THROWS_WITH(pool.for_each(1000, work), "bad");
  CHECK(running == 0);
  std::atomic<int> done{0};
  pool.for_each(10, [&](std::size_t) { ++done; });  // and the pool still works
  CHECK(done == 10);
}

TEST_CASE("the pool's end waits for what is queued") {
  std::atomic<int> done{0};
  {
    WorkerPool pool(2);
    for (int i = 0; i < 100; ++i) pool.run([&] { ++done; });
  }
  CHECK(done == 100);
}

TEST_CASE("the pool has as many threads as it was asked for, and never more at work") {
  WorkerPool pool(3);
  CHECK(pool.threads() == 3);
  CHECK(WorkerPool().threads() >= 1);
  std::mutex mutex;
  std::set<std::thread::id> seen;
  pool.for_each(200, [&](std::size_t) {
    const std::lock_guard lock(mutex);
    seen.insert(std::this_thread::get_id());
  });
  CHECK(seen.size() <= 4);  // the caller's own and three
}

}  // namespace mlpipe
