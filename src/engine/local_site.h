#pragma once

#include "engine/step_site.h"

namespace mlpipe {

/// This machine. All it is given outlives it.
class LocalSite : public StepSite {
 public:
  LocalSite(ObjectStore& store, ComputeTarget& target,
            std::function<void(std::function<void()>)> run_in_background)
      : store_(store), target_(target), run_in_background_(std::move(run_in_background)) {}

  [[nodiscard]] Preparation prepare(const StepExecution& execution) override {
    return prepare_step(execution, store_);
  }
  [[nodiscard]] Collection collect(const StepExecution& execution) override {
    return collect_step(execution, store_);
  }
  void submit(const Job& job, const StepExecution& /*execution*/) override { target_.submit(job); }
  void cancel(JobId job, bool at_once) override { target_.cancel(job, at_once); }
  void recorded(const std::filesystem::path& /*directory*/, bool /*keep_directory*/) override {}
  void run_canceled() override {}
  void in_background(std::function<void()> work) override { run_in_background_(std::move(work)); }

 private:
  ObjectStore& store_;
  ComputeTarget& target_;
  std::function<void(std::function<void()>)> run_in_background_;
};

}  // namespace mlpipe
