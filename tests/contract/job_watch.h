#pragma once

#include <condition_variable>
#include <fstream>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "target/process_tree.h"
#include "target/target.h"

namespace mlpipe::test {

/// Takes a target's events and lets a test wait for them.
class JobWatch {
 public:
  JobEventSink sink() {
    return [this](const JobEvent& event) {
      const std::lock_guard lock(mutex_);
      events_.push_back(event);
      changed_.notify_all();
    };
  }

  JobStarted started(JobId job) { return wait_for<JobStarted>(job); }
  JobFinished finished(JobId job) { return wait_for<JobFinished>(job); }

  std::vector<JobEvent> events() {
    const std::lock_guard lock(mutex_);
    return events_;
  }

  std::size_t finished_count() {
    std::size_t count = 0;
    for (const auto& event : events())
      if (std::holds_alternative<JobFinished>(event)) ++count;
    return count;
  }

 private:
  template <class Event>
  Event wait_for(JobId job) {
    std::unique_lock lock(mutex_);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(40);
    for (;;) {
      for (const auto& event : events_)
        if (const auto* found = std::get_if<Event>(&event); found != nullptr && found->job == job)
          return *found;
      if (changed_.wait_until(lock, deadline) == std::cv_status::timeout)
        throw std::runtime_error("the event that the test waits for does not come");
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<JobEvent> events_;
};

/// Whether the process still does anything: a zombie does not.
inline bool is_running(pid_t pid) {
  const auto process = look_at_process(pid);
  return process && !process->ended;
}

inline std::vector<pid_t> read_pids(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<pid_t> pids;
  for (pid_t pid = 0; in >> pid;) pids.push_back(pid);
  return pids;
}

inline std::vector<pid_t> running_of(const std::vector<pid_t>& pids) {
  std::vector<pid_t> running;
  for (const pid_t pid : pids)
    if (is_running(pid)) running.push_back(pid);
  return running;
}

}  // namespace mlpipe::test
