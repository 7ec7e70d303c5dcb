#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/pipeline.h"
#include "core/run.h"
#include "core/workspace.h"

namespace mlpipe {

/// The compute targets that steps may name: those of the workspace file in its order, and `local`,
/// which is always there.
[[nodiscard]] std::vector<ComputeTargetConfig> compute_targets_of(const Workspace& workspace);
/// What steps get that name none.
inline constexpr std::string_view default_compute_target = local_target_name;
/// The entry that a step gets which names this: its own, else that of "*". Throws
/// Error(not_found).
[[nodiscard]] const ComputeTargetConfig& compute_target_named(
    const std::vector<ComputeTargetConfig>& targets, const std::string& name);
/// Why steps cannot run on targets of this type: "has the type …"; "" if they can.
[[nodiscard]] std::string target_type_problem(const std::string& type);

/// What people are told of a step that asks for GPUs where none is found. It is not refused, since
/// not every kind is known.
[[nodiscard]] std::string no_gpu_notice(const Step& step, std::string_view where);
/// Of a machine whose devices are known by number: that it lacks some that `gpus:` names; else "".
[[nodiscard]] std::string missing_gpus_notice(const ComputeTargetConfig& target,
                                              const std::vector<std::uint32_t>& there);

/// Where and in which environment one step runs, after the workspace file was asked.
struct StepPlace {
  const ComputeTargetConfig* target = nullptr;
  const EnvironmentConfig* environment = nullptr;
};

/// The compute targets and environments that the steps of a pipeline name, resolved against the
/// workspace file: by name, else by its "*" entry; `local` and `system` always exist.
class Places {
 public:
  /// `everything_local` (`--local`): every compute target is local, every environment the system's.
  /// Throws Error(invalid_file) that names each unknown target and environment with the lines to
  /// add to mlpipe.yaml, and what is of a type that this mlpipe does not run.
  Places(const Pipeline& pipeline, const Workspace& workspace, bool everything_local);

  Places(const Places&) = delete;  // its parts refer to each other
  Places& operator=(const Places&) = delete;

  [[nodiscard]] const StepPlace& of(StepId step) const { return places_.at(step.index); }
  [[nodiscard]] const std::vector<std::string>& notices() const { return notices_; }

 private:
  std::vector<ComputeTargetConfig> targets_;
  std::vector<EnvironmentConfig> environments_;
  std::vector<StepPlace> places_;
  std::vector<std::string> notices_;
};

}  // namespace mlpipe
