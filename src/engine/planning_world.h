#pragma once

#include <memory>
#include <optional>

#include "engine/opened_pipeline.h"
#include "engine/plan.h"
#include "engine/published_place.h"
#include "engine/state_directory.h"

namespace mlpipe {

/// What `plan` and `why` look at: like a run's world, but nothing is created and nothing recorded.
class PlanningWorld {
 public:
  /// `opened` outlives this object.
  explicit PlanningWorld(const OpenedPipeline& opened);

  [[nodiscard]] std::vector<PlannedStep> plan(const std::vector<StepRule>& rules);

  /// After plan(): what changed_assets() says.
  [[nodiscard]] std::vector<std::string> changed_assets(const std::vector<StepRule>& rules);

  /// After plan(): what earlier runs left on other machines, and the plan does not go on with. No
  /// machine is asked.
  [[nodiscard]] std::vector<std::string> left_jobs(const std::vector<StepRule>& rules,
                                                   const std::vector<PlannedStep>& plan);
  /// After plan(), of a step that would run: what a run would take up instead of beginning it, left
  /// by an earlier run on another machine; else "".
  [[nodiscard]] std::string taken_up_text(StepId step, const StepRule& rule,
                                          const PlannedStep& planned);
  /// After plan(): what people should know of machines that were asked, or could not be.
  [[nodiscard]] std::vector<std::string> news_of_machines() { return machines_.take_untold(); }

  /// The run that a step's reason compares with: the last that completed it.
  struct Compared {
    std::string run_id;
    TimePoint at{};
  };
  [[nodiscard]] std::optional<Compared> compared_with(StepId step);

  /// What a run would find at the `path:` of an output that is reused.
  struct FoundPlace {
    std::string output;
    std::filesystem::path path;
    PublishedPlace::State state = PublishedPlace::State::free;
  };
  /// Of a step that is reused: its outputs that do not lie at their `path:`. Throws Error for what
  /// cannot be read there.
  [[nodiscard]] std::vector<FoundPlace> misplaced_outputs(StepId step, const PlannedStep& planned);

  /// How long a step took when it last ran, if that is known.
  [[nodiscard]] std::optional<Duration> last_duration(StepId step);

 private:
  const OpenedPipeline& opened_;
  StateDirectory state_;
  std::optional<TemporaryFolder> no_state_;  ///< Stands in where there is no state directory yet.
  std::unique_ptr<History> history_;         ///< Null where there is none yet.
  ObjectStore store_;
  StatCache stats_;
  WorkerPool pool_;
  InterpreterProbe interpreters_;
  RemoteMachines machines_;
  StepFactReader facts_;
  StepResolver resolver_;
};

}  // namespace mlpipe
