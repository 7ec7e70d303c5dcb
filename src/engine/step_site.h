#pragma once

#include <functional>

#include "engine/collect_step.h"
#include "engine/prepare_step.h"
#include "target/target.h"

namespace mlpipe {

/// Where the steps of a compute target are made ready, run and taken in: this machine or another.
class StepSite {
 public:
  StepSite() = default;
  virtual ~StepSite() = default;
  StepSite(const StepSite&) = delete;
  StepSite& operator=(const StepSite&) = delete;

  /// As prepare_step() and collect_step(). On a thread of in_background().
  [[nodiscard]] virtual Preparation prepare(const StepExecution& execution) = 0;
  [[nodiscard]] virtual Collection collect(const StepExecution& execution) = 0;
  /// As ComputeTarget has them.
  virtual void submit(const Job& job, const StepExecution& execution) = 0;
  virtual void cancel(JobId job, bool at_once) = 0;
  /// What collect() gave is recorded and durable: nothing else of the execution in this directory
  /// is needed.
  virtual void recorded(const std::filesystem::path& directory, bool keep_directory) = 0;
  /// Runs a piece of work soon, on another thread. It does not throw.
  virtual void in_background(std::function<void()> work) = 0;
};

}  // namespace mlpipe
