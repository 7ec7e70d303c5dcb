#pragma once

#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "target/target.h"

namespace mlpipe::test {

/// A compute target on which nothing runs: it remembers its jobs, and the test decides how each
/// ends. Jobs go by their step's name.
class FakeTarget : public ComputeTarget {
 public:
  FakeTarget(JobEventSink sink, const TimePoint& time) : sink_(std::move(sink)), time_(time) {}

  void submit(const Job& job) override {
    submitted.push_back(job.name);
    running_.insert_or_assign(job.name, job);
    sink_(JobStarted{
        .job = job.id, .pid = 1000 + static_cast<std::int64_t>(job.id.value), .at = time_});
    if (on_submit) on_submit(job.name);
  }

  void cancel(JobId id, bool at_once) override {
    for (const auto& [name, job] : running_)
      if (job.id == id) cancelled.push_back(name + (at_once ? " at once" : ""));
  }

  /// A job that was submitted and has not ended.
  [[nodiscard]] const Job& job(const std::string& name) const {
    const auto found = running_.find(name);
    if (found == running_.end()) throw std::logic_error("no job of " + name + " is running");
    return found->second;
  }
  [[nodiscard]] bool is_running(const std::string& name) const { return running_.count(name) != 0; }

  /// The value of an environment variable of the job.
  [[nodiscard]] std::string variable(const std::string& name, std::string_view variable) const {
    const std::string start = std::string(variable) + "=";
    for (const auto& entry : job(name).environment)
      if (entry.starts_with(start)) return entry.substr(start.size());
    return {};
  }

  /// What the job would do: write one of its file outputs.
  void write(const std::string& name, const std::string& output, std::string_view text) const {
    write_file_atomically(variable(name, "MLPIPE_OUTPUT_" + output), text);
  }

  /// End a job; `how` needs neither id nor time.
  void end(const std::string& name, JobFinished how) {
    how.job = job(name).id;
    how.at = time_;
    running_.erase(name);
    sink_(how);
  }

  std::function<void(const std::string& name)> on_submit;  ///< For jobs that end by themselves.
  std::vector<std::string> submitted;                      ///< Names, in order.
  std::vector<std::string> cancelled;                      ///< "train", "train at once".

 private:
  JobEventSink sink_;
  const TimePoint& time_;
  std::map<std::string, Job> running_;
};

}  // namespace mlpipe::test
