#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "engine/compute.h"
#include "engine/plan.h"
#include "engine/remote_site.h"
#include "engine/run_world.h"

namespace mlpipe {

/// The machines on which steps of one run are executed; those on which nothing is due are not
/// reached.
class RemoteSites {
 public:
  /// Reaches the machines. `world` outlives this object; `most_steps` is -j, or 0. The steps of one
  /// that cannot be reached fail when it is their turn.
  RemoteSites(RunWorld& world, const std::vector<PlannedStep>& plan, int most_steps,
              JobEventSink sink, std::function<void(const MachineNews&)> news,
              TransferTold transfers);
  /// Waits for what is asked of them.
  ~RemoteSites();
  RemoteSites(const RemoteSites&) = delete;
  RemoteSites& operator=(const RemoteSites&) = delete;

  /// Null for a step that runs here. Throws NoConnection for a machine that cannot be reached.
  [[nodiscard]] StepSite* site_of(StepId step);
  /// Nothing of a machine that is not reached.
  [[nodiscard]] std::optional<unsigned> processors(const ComputeTargetConfig& target) const;

 private:
  struct Machine {
    unsigned processors = 1;
    std::optional<bool> has_gpus;    ///< Once it was asked.
    bool missing_gpus_told = false;  ///< Those of `gpus:` that it does not have.
    std::unique_ptr<RemoteSite> site;
  };

  void reach(const std::vector<PlannedStep>& plan);
  void look_for_gpus(const Step& step, const ComputeTargetConfig& target);
  void add(const ComputeTargetConfig& target);

  RunWorld& world_;
  std::function<void(const MachineNews&)> news_;
  int most_steps_;
  std::map<const ComputeTargetConfig*, Machine> machines_;
};

}  // namespace mlpipe
