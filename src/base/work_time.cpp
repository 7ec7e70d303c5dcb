#include "base/work_time.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

namespace mlpipe {

namespace {

using Clock = std::chrono::steady_clock;

/// What one thread did. Others only read it, to sum up.
class ThreadWork {
 public:
  explicit ThreadWork(bool keeps_slices) : keeps_slices_(keeps_slices) {}

  void begin(Work work, std::string_view of) {
    const auto moment = Clock::now();
    const std::lock_guard lock(mutex_);
    if (!open_.empty()) end_stretch(moment);
    open_.push_back({work, std::string(of), moment});
  }

  void end() {
    const auto moment = Clock::now();
    const std::lock_guard lock(mutex_);
    end_stretch(moment);
    open_.pop_back();
    if (!open_.empty()) open_.back().since = moment;
  }

  void add_to(WorkTimes& all, std::size_t thread) {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < kinds_of_work; ++i) all.sums.at(i) += sums_.at(i);
    for (auto slice : slices_) {
      slice.thread = thread;
      all.slices.push_back(std::move(slice));
    }
  }

 private:
  struct Open {
    Work work{};
    std::string of;
    Clock::time_point since;
  };

  void end_stretch(Clock::time_point moment) {
    const auto& [work, of, since] = open_.back();
    sums_.at(static_cast<std::size_t>(work)) += moment - since;
    if (!keeps_slices_) return;
    // Thousands of looks at files are not of interest one by one.
    constexpr std::chrono::microseconds side_by_side{200};
    if (!slices_.empty()) {
      auto& last = slices_.back();
      if (last.work == work && last.of == of && since - last.to < side_by_side) {
        last.to = moment;
        return;
      }
      constexpr std::chrono::microseconds worth_a_slice{20};
      if (last.to - last.from < worth_a_slice) slices_.pop_back();
    }
    slices_.push_back({.work = work, .of = of, .from = since, .to = moment});
  }

  bool keeps_slices_;
  std::mutex mutex_;
  std::vector<Open> open_;  ///< The innermost last.
  std::array<std::chrono::nanoseconds, kinds_of_work> sums_{};
  std::vector<WorkSlice> slices_;
};

struct AllWork {
  std::atomic<bool> is_measured{false};
  std::atomic<bool> keeps_slices{false};
  std::mutex mutex;
  std::vector<std::shared_ptr<ThreadWork>> threads;
};

AllWork& all_work() {
  static AllWork all;
  return all;
}

ThreadWork& own_work() {
  thread_local const auto own = [] {
    auto& all = all_work();
    auto made = std::make_shared<ThreadWork>(all.keeps_slices);
    const std::lock_guard lock(all.mutex);
    all.threads.push_back(made);
    return made;
  }();
  return *own;
}

}  // namespace

std::string_view to_text(Work work) {
  switch (work) {
    case Work::looking:
      return "looking at files";
    case Work::hashing:
      return "hashing";
    case Work::asking:
      return "reading the database";
    case Work::recording:
      return "recording";
    case Work::preparing:
      return "private directories";
    case Work::storing:
      return "storing";
    case Work::copying:
      return "copying to paths";
    case Work::moving:
      return "sending and fetching";
    case Work::waiting:
      return "waiting for steps";
  }
  return {};
}

void measure_work(bool keeps_slices) {
  all_work().keeps_slices = keeps_slices;
  all_work().is_measured = true;
}

WorkTimes measured_work() {
  WorkTimes times;
  auto& all = all_work();
  const std::lock_guard lock(all.mutex);
  for (std::size_t i = 0; i < all.threads.size(); ++i) all.threads[i]->add_to(times, i);
  return times;
}

WorkTimer::WorkTimer(Work work, std::string_view of)
    : measured_(all_work().is_measured.load(std::memory_order_relaxed)) {
  if (measured_) own_work().begin(work, of);
}

WorkTimer::~WorkTimer() {
  if (measured_) own_work().end();
}

}  // namespace mlpipe
