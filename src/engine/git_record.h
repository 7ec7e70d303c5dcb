#pragma once

#include <chrono>
#include <filesystem>
#include <future>
#include <map>
#include <string>
#include <vector>

#include "base/git.h"
#include "core/pipeline.h"
#include "history/history.h"

namespace mlpipe {

/// The folders whose state in git matters to a run: the file's and the steps' sources.
[[nodiscard]] std::vector<std::filesystem::path> git_folders(const Pipeline& pipeline);

/// Asks git in the background, so that it costs the run nothing but what is left at the end.
class GitInBackground {
 public:
  GitInBackground(std::vector<std::filesystem::path> folders, bool with_diff);

  /// Whether it was asked just that.
  [[nodiscard]] bool was_asked(const std::vector<std::filesystem::path>& folders,
                               bool with_diff) const {
    return folders_ == folders && with_diff_ == with_diff;
  }

  /// Waits for it.
  [[nodiscard]] const GitState& answer() const { return answer_.get(); }
  /// Null if it takes longer than that.
  [[nodiscard]] const GitState* answer_within(std::chrono::milliseconds time) const {
    return answer_.wait_for(time) == std::future_status::ready ? &answer_.get() : nullptr;
  }

 private:
  std::vector<std::filesystem::path> folders_;
  bool with_diff_;
  std::shared_future<GitState> answer_;  ///< Of a thread, which its end waits for.
};

/// Run properties by Azure ML's and MLflow's names (azureml.md 2.11), without the diff.
[[nodiscard]] std::map<std::string, std::string> git_properties(const GitState& state);

/// Put what git said into the run's record. To be called in a batch.
void record_git(const GitState& git, RunKey run, History& history);

}  // namespace mlpipe
