#pragma once

#include <array>
#include <filesystem>
#include <mutex>
#include <string_view>
#include <vector>

#include "remote/job_folder.h"

namespace mlpipe {

/// The processes that keep jobs: each runs what a job's folder says and writes down how it ended,
/// one job at a time. A job goes on when this process has ended. A keeper without a job waits for
/// the next one, so that a small step is the only process that is started for it; it ends with
/// this object.
class JobKeepers {
 public:
  explicit JobKeepers(std::filesystem::path root) : root_(std::move(root)) {}

  /// Start the job unless it is running. Gives a descriptor that becomes readable when there is
  /// news of it, or an empty one if it ran already. Any thread. Throws Error(system).
  [[nodiscard]] Fd start(const JobFolder& job, const RunJob& command);

  /// Of a job: its lock, where its news go, and a file with the whole RunJob frame.
  using Belongings = std::array<const Fd*, 3>;

 private:
  void hand_over(const JobFolder& job, const Belongings& belongings);
  [[nodiscard]] bool hand_to_idle(std::string_view name, const Belongings& belongings);

  std::filesystem::path root_;
  std::mutex mutex_;
  std::vector<Fd> keepers_;  ///< Their sockets.
};

/// Be a keeper for the jobs below `root`. With the socket to JobKeepers as descriptor 3. Returns
/// the exit code.
int keep_jobs(const std::filesystem::path& root);

}  // namespace mlpipe
