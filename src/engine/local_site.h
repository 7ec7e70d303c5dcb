#pragma once

#include <algorithm>

#include "base/clock.h"
#include "engine/object_fetcher.h"
#include "engine/step_site.h"

namespace mlpipe {

/// This machine. All it is given outlives it.
class LocalSite : public StepSite {
 public:
  /// `fetcher` is null where nothing can lie on another machine.
  LocalSite(ObjectStore& store, ComputeTarget& target, ObjectFetcher* fetcher,
            std::function<void(std::function<void()>)> run_in_background)
      : store_(store),
        target_(target),
        fetcher_(fetcher),
        run_in_background_(std::move(run_in_background)) {}

  /// What lies on another machine is fetched first.
  [[nodiscard]] Preparation prepare(const StepExecution& execution) override {
    const TimePoint began = now();
    bool has_fetched = false;
    for (const auto& input : execution.inputs)
      if (fetcher_ != nullptr && input.object && !input.machines.empty())
        has_fetched |= fetcher_->fetch(*input.object, input.machines,
                                       WhenCanceled::give_up);  // prepare_step() sees what is lost
    const Duration fetching = has_fetched ? std::max(Duration{}, now() - began) : Duration{};
    auto preparation = prepare_step(execution, store_);
    if (auto* ready = std::get_if<ReadyToStart>(&preparation)) ready->fetching = fetching;
    return preparation;
  }
  [[nodiscard]] Collection collect(const StepExecution& execution) override {
    return collect_step(execution, store_);
  }
  void submit(const Job& job, const StepExecution& /*execution*/) override { target_.submit(job); }
  void cancel(JobId job, bool at_once) override { target_.cancel(job, at_once); }
  void recorded(const std::filesystem::path& /*directory*/, bool /*keep_directory*/) override {}
  void in_background(std::function<void()> work) override { run_in_background_(std::move(work)); }

 private:
  ObjectStore& store_;
  ComputeTarget& target_;
  ObjectFetcher* fetcher_;
  std::function<void(std::function<void()>)> run_in_background_;
};

}  // namespace mlpipe
