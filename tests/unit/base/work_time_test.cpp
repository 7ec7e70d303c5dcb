#include "base/work_time.h"

#include <algorithm>
#include <thread>

#include "support/catch.h"

namespace mlpipe {
using namespace std::chrono_literals;

namespace {

std::chrono::nanoseconds time_of(Work work) {
  return measured_work().sums.at(static_cast<std::size_t>(work));
}

/// Measured by the same clock: what the sums must be at least.
void let_pass(std::chrono::milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < until) std::this_thread::sleep_until(until);
}

}  // namespace

// One case: what was measured is the process's, and is never forgotten.
TEST_CASE("what threads do is measured once that is asked for, the inner work alone") {
  {
    const WorkTimer before(Work::copying);
    let_pass(2ms);
  }
  CHECK(time_of(Work::copying) == 0ns);

  measure_work(true);
  const auto began = std::chrono::steady_clock::now();
  {
    const WorkTimer outer(Work::storing, "/w/model");
    let_pass(3ms);
    {
      const WorkTimer inner(Work::hashing);
      let_pass(5ms);
    }
    let_pass(3ms);
  }
  const auto took = std::chrono::steady_clock::now() - began;
  CHECK(time_of(Work::storing) >= 6ms);
  CHECK(time_of(Work::hashing) >= 5ms);
  CHECK(time_of(Work::storing) + time_of(Work::hashing) <= took);

  std::thread([] {
    const WorkTimer other(Work::hashing);
    let_pass(4ms);
  }).join();
  CHECK(time_of(Work::hashing) >= 9ms);

  // Many short ones side by side are one slice.
  for (int i = 0; i < 100; ++i) const WorkTimer look(Work::looking);
  { const WorkTimer last(Work::waiting); }
  const auto slices = measured_work().slices;
  const auto of_kind = [&slices](Work work) {
    return std::count_if(slices.begin(), slices.end(),
                         [work](const auto& slice) { return slice.work == work; });
  };
  CHECK(of_kind(Work::storing) == 2);
  CHECK(of_kind(Work::hashing) == 2);
  CHECK(of_kind(Work::looking) < 50);
  for (const auto& slice : slices) {
    CHECK(slice.from <= slice.to);
    CHECK(slice.of == (slice.work == Work::storing ? "/w/model" : ""));
  }
  const auto threads = std::minmax_element(slices.begin(), slices.end(),
                                           [](auto& a, auto& b) { return a.thread < b.thread; });
  CHECK(threads.second->thread == threads.first->thread + 1);
}

}  // namespace mlpipe
