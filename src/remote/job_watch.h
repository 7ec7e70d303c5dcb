#pragma once

#include <chrono>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

#include "base/file.h"
#include "remote/frame_channel.h"
#include "remote/job_folder.h"

namespace mlpipe {

/// Tells a driver, on a thread of its own, what its jobs write and how they end.
class JobWatch {
 public:
  /// `out` outlives it.
  explicit JobWatch(FrameChannel& out);
  ~JobWatch();
  JobWatch(const JobWatch&) = delete;
  JobWatch& operator=(const JobWatch&) = delete;

  /// Watch a job of which `command` asks; `goes_on`: an earlier driver began it; `news` as
  /// start_keeper() gives it. Any thread.
  void add(JobFolder job, const RunJob& command, bool goes_on, Fd news);

 private:
  struct Log {
    Fd file;
    std::uint64_t sent = 0;
  };
  struct Watched {
    JobFolder job;
    RequestId request;
    JobId id;
    Fd news;  ///< Empty once its keeper is gone, or if another one started it.
    Log out;
    Log err;
    bool goes_on = false;
    bool start_told = false;
    std::string wait_told;                     ///< JobWaits::what
    std::chrono::milliseconds touched_each{};  ///< So often the job is told that it is watched.
    std::chrono::steady_clock::time_point touched{};
  };

  void watch();
  void wait();
  /// True once its end was told.
  [[nodiscard]] bool look_at(Watched& watched);
  void tell_begin(Watched& watched);
  [[nodiscard]] bool tell_log(Watched& watched, bool is_stderr);
  void tell(const Watched& watched, JobEvent event);
  [[nodiscard]] static std::optional<JobFinished> end_of(const Watched& watched);
  static void touch(Watched& watched);

  FrameChannel& out_;
  Fd wake_;
  std::mutex mutex_;
  std::list<Watched> added_;
  bool closing_ = false;
  std::list<Watched> watched_;  ///< Of the thread.
  bool is_behind_ = false;      ///< There is more log to tell than one turn told.
  std::jthread thread_;
};

}  // namespace mlpipe
