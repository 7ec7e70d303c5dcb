#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/lone_step.h"
#include "engine/start_gate.h"
#include "store/tree_difference.h"
#include "target/target.h"

namespace mlpipe {

/// An output of a step that was run once more, beside what is stored.
struct ComparedOutput {
  std::string name;
  bool equal = true;
  /// False for what was left in ./outputs and ./logs: told, and no reason to call a step varying.
  bool counts = true;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::vector<EntryDifference> differences;
};

/// How one more execution of a step went.
struct RepeatOutcome {
  int signal = 0;                   ///< It was cancelled by this signal.
  std::string failure;              ///< Why there is nothing to compare; empty: there is.
  std::string log_tail;             ///< Of a failure: the end of what it wrote to stderr.
  std::vector<std::string> doubts;  ///< Inputs changed meanwhile: the comparison says nothing.
  Duration took{};
  std::vector<ComparedOutput> outputs;
  /// What differs holds the path of the directory it ran in, and what is stored does not, since it
  /// was made in another one: no sign that the step varies.
  bool holds_own_path = false;

  [[nodiscard]] bool is_equal() const;
};

/// A step whose stored result would be reused, to be run again and compared. It takes slots as in a
/// run; its outputs go to a store of their own in its directory. Nothing is recorded but that it
/// varies.
class StepRepeat {
 public:
  /// Throws Error: usage if what the step needs is not reusable, not_found if there is no result to
  /// compare with, system if the stored outputs are damaged.
  StepRepeat(const OpenedPipeline& opened, const std::string& step);

  [[nodiscard]] const std::vector<std::string>& notices() const { return lone_.notices; }
  [[nodiscard]] const ResultRecord& stored() const { return *lone_.resolution.hit; }
  [[nodiscard]] const Step& step() const { return world_.opened.pipeline[lone_.id]; }
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_.root; }

  /// `note` is told what is waited for. INT, TERM and HUP cancel it.
  [[nodiscard]] RepeatOutcome run(const std::function<void(const std::string&)>& note);
  /// Whether the step was marked in the history; done for an outcome that is not equal.
  [[nodiscard]] bool mark_varying(const RepeatOutcome& outcome);
  void remove_directory() const;

 private:
  void choose_directory();
  void compare(const StepExecution& execution, RepeatOutcome& outcome);
  [[nodiscard]] ComparedOutput compare_output(const std::string& name, const OutputRecord* before,
                                              const OutputRecord* now,
                                              const ObjectStore& made) const;

  RunWorld world_;
  LoneStep lone_;
  StartGate gate_;
  StepDirectory directory_;
};

}  // namespace mlpipe
