#pragma once

#include <memory>
#include <string>
#include <vector>

#include "spec/hash_of_shared.h"
#include "spec/pipeline_overrides.h"
#include "spec/scope.h"

namespace mlpipe {

/// Reads the steps of a pipeline and of the pipelines nested in it, into one list: a step `inner`
/// of the pipeline that the step `outer` uses becomes "outer/inner". The three parts are called one
/// after the other, since a step may refer to any other.
class PipelineBody {
 public:
  /// Both must outlive this.
  PipelineBody(Pipeline& pipeline, const PipelineOverrides& overrides)
      : pipeline_(pipeline), overrides_(overrides) {}

  /// Names and components of the steps under `fields`.
  void declare_steps(const Fields& fields, Scope& scope);
  /// One step that is there by itself: a file that holds a single job.
  void declare_only_step(StepEntry entry, Scope& scope);
  /// A component that no step uses: to check it, with no values for its inputs.
  void read_unused_component(const std::shared_ptr<ComponentUse>& component, Scope& scope);
  /// What the steps make.
  void read_outputs(Scope& scope);
  /// Everything else.
  void read_steps(Scope& scope);

  /// Give what is promoted to the outputs of a nested pipeline its place: that of the step's own
  /// outputs.
  void pass_outputs(StepEntry& entry, Scope& scope);

  /// Components use each other so often that nothing else is worth reading; it was reported.
  [[nodiscard]] bool gave_up() const { return components_ > most_components; }
  [[nodiscard]] bool all_readable() const { return all_readable_; }

 private:
  /// Files that use each other twice double at each level.
  static constexpr std::size_t most_components = 50'000;

  void declare_step(const YamlValue::Entry& entry, Scope& scope);
  void add_step(StepEntry entry, Scope& scope);
  void read_step(StepEntry& entry, Scope& scope);
  void read_nested(StepEntry& entry, Scope& scope);
  void set_target(Step& step, const Scope& scope) const;
  /// With the steps that were read before.
  void share_what_is_equal(Step& step);

  Pipeline& pipeline_;
  const PipelineOverrides& overrides_;
  SharedValues<StepSources, HashOfShared> sources_;
  SharedValues<StepSettings, HashOfShared> settings_;
  SharedValues<RegisteredOutput, HashOfShared> assets_;
  bool all_readable_ = true;
  std::size_t components_ = 0;  ///< How many steps use one.
};

/// Warn of each output of a pipeline that none of its steps writes.
void warn_of_unwritten_outputs(const Scope& scope);

/// Order the steps that `settings.on_init` and `on_finalize` name before and after all others
/// (azureml.md 3.1).
void order_first_and_last(const Fields& settings, Scope& scope, Pipeline& pipeline);

}  // namespace mlpipe
