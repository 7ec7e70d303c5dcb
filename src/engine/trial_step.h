#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/file_lock.h"
#include "engine/lone_step.h"
#include "target/target.h"

namespace mlpipe {

/// One step made ready just as a run would, for a person to try it by hand: in a directory of its
/// own that no run uses, so that neither what a failed attempt left nor a run that executes the
/// same work is touched. Nothing of it is recorded, and it holds no slots.
class TrialStep {
 public:
  struct Place {
    std::string name;
    std::filesystem::path path;
  };

  /// `selection` names the step in `only`; what it needs must be reusable. Throws Error: usage if
  /// it is not, system if the directory cannot be made.
  TrialStep(const OpenedPipeline& opened, const Selection& selection);

  [[nodiscard]] const std::string& name() const { return step_->name; }
  /// What a compute target would be asked to run.
  [[nodiscard]] const Job& job() const { return job_; }
  [[nodiscard]] const StepDirectory& directory() const { return execution_.directory; }
  [[nodiscard]] std::vector<Place> inputs() const;
  [[nodiscard]] std::vector<Place> outputs() const;
  /// Why a run would execute it, or that it would reuse a result.
  [[nodiscard]] const std::vector<std::string>& notices() const { return lone_.notices; }
  [[nodiscard]] const std::string& reason() const { return lone_.reason; }
  [[nodiscard]] bool would_be_reused() const { return lone_.resolution.hit != nullptr; }
  /// The id of the run that executes the same work right now, or "".
  [[nodiscard]] const std::string& other_run() const { return other_run_; }

  /// The directory is of no use any more.
  void remove_directory() const;

 private:
  void choose_directory();
  void choose_gpus();
  void prepare();

  RunWorld world_;
  LockFile locks_;  ///< Keeps other drivers from clearing the directory away.
  const Step* step_ = nullptr;
  LoneStep lone_;
  StepExecution execution_;
  Job job_;
  std::string other_run_;
};

}  // namespace mlpipe
