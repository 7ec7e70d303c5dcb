#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/run.h"
#include "engine/fetch_inputs.h"
#include "engine/trace_report.h"
#include "remote/transfer.h"

namespace mlpipe {

/// Counts of a run's steps by how they ended.
struct RunCounts {
  std::size_t total = 0;
  std::size_t started = 0;   ///< Ran in this run, however they ended.
  std::size_t cut_off = 0;   ///< Of these, the ones that were canceled.
  std::size_t executed = 0;  ///< Completed by running.
  std::size_t reused = 0;
  std::size_t failed = 0;
  std::size_t canceled = 0;
  std::size_t skipped = 0;
};

/// A step that could not be completed, for the message at the end.
struct FailedStep {
  std::string step;
  std::string compute_target;  ///< Where it ran, or was to.
  std::string message;         ///< "exit code 3", "timed out after 10 s" …
  std::string log_tail;        ///< The last lines of its stderr, else of its stdout.
  std::string log_file;        ///< Where all of it is.
  std::string directory;       ///< Its private directory, kept.
  std::string shell_command;   ///< That leads to it on another machine; else "".
  bool is_elsewhere = false;   ///< It ran, and that lies, on another machine.
  bool may_still_run = false;  ///< That was lost.
};

/// A step that may still run on another machine though the run has ended.
struct LeftRunning {
  std::string step;
  std::string compute_target;
};

/// The private directory of a step that was completed, kept since that was asked for.
struct KeptDirectory {
  std::string step;
  std::string directory;
};

/// An output that is not at its `path:` after the run.
struct NotCopied {
  std::string step;
  std::string output;
  std::filesystem::path path;
  std::string why;  ///< "what is at '/w/a.txt' was edited since mlpipe put it there"
};

/// What is told when a run has ended.
struct RunSummary {
  RunRecord run;
  RunCounts counts;
  std::vector<FailedStep> failures;
  std::vector<LeftRunning> left_running;
  std::vector<KeptDirectory> kept;
  std::vector<NotCopied> not_copied;
  /// Something could not be done that is no step's fault; the notes say what. Exit code 3.
  bool system_failed = false;
  bool traced = false;            ///< Steps that ran were traced:
  std::vector<StepTrace> traces;  ///< in the order of the pipeline.
  Duration elapsed{};
};

/// What there is to know of a step's attempt when it is told how far the step is. Empty of a step
/// that has none.
struct AttemptNews {
  std::string log_file;        ///< Its stdout, while it runs.
  std::string compute_target;  ///< Where it is made ready, runs or ran.
  bool is_elsewhere = false;   ///< That is another machine.
};

/// What a person or a program is told while a run goes on. Called from the scheduler's thread only,
/// or, of transfers, while that waits for one.
class Reporter {
 public:
  Reporter() = default;
  virtual ~Reporter() = default;
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;

  /// An input is fetched: before run_started().
  virtual void fetch_changed(const FetchNews& news) = 0;
  /// `steps` are the names of the run's steps; `expected` is how long the steps that are known to
  /// run took the last time, in sum; 0: unknown.
  virtual void run_started(const RunRecord& run, const std::vector<std::string>& steps,
                           Duration expected) = 0;
  /// A step run's status changed.
  virtual void step_changed(const StepRunRecord& step, const AttemptNews& attempt) = 0;
  /// Something is on its way to or from another machine, and takes long enough to be told of.
  virtual void transfer_changed(const TransferNews& news) = 0;
  /// Something worth telling about the run or a step ("" for the run).
  virtual void note(std::string_view step, std::string_view text) = 0;
  /// Time has passed: a chance to redraw.
  virtual void tick() = 0;
  virtual void run_finished(const RunSummary& summary) = 0;
};

}  // namespace mlpipe
