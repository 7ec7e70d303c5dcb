#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/work_time.h"
#include "engine/reporter.h"
#include "engine/run_result.h"

namespace mlpipe {

/// Whether a trace can be written there later: nothing is there, or an earlier trace, which is all
/// that one may replace. Throws Error(usage) for anything else, Error(system) if it cannot be
/// written.
void check_trace_file(const std::filesystem::path& file);

/// Passes everything on to another reporter, and keeps what each step did when, for a file that
/// chrome://tracing and ui.perfetto.dev show (the "Trace Event Format"): the run and its steps are
/// one process of the picture, what mlpipe's threads did meanwhile another.
class TracingReporter : public Reporter {
 public:
  /// `told` outlives this object. Begins to count now.
  explicit TracingReporter(Reporter& told) : told_(told) {}

  void fetch_changed(const FetchNews& news) override;
  void run_started(const RunRecord& run, const std::vector<std::string>& steps,
                   Duration expected) override;
  void step_changed(const StepRunRecord& step, const AttemptNews& attempt) override;
  void transfer_changed(const TransferNews& news) override { told_.transfer_changed(news); }
  void note(std::string_view step, std::string_view text) override;
  void tick() override;
  void run_finished(const RunSummary& summary) override;

  /// Write the file, once the run has ended. Throws Error(system) that names it.
  void write(const std::filesystem::path& file, const RunResult& result,
             const WorkTimes& work) const;

 private:
  /// A stretch of time on one line of the picture.
  struct Slice {
    std::string name;
    std::string kind;  ///< What the step, or mlpipe itself, did.
    std::size_t line = 0;
    Duration from{};  ///< Since the beginning.
    Duration to{};
    std::string reason;
  };

  [[nodiscard]] Duration passed() const;
  [[nodiscard]] std::size_t free_line();
  [[nodiscard]] static std::vector<Slice> driver_slices(const RunStats& stats);

  Reporter& told_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::map<std::string, Slice> open_;  ///< By step: what it is doing.
  std::vector<bool> taken_;            ///< Of each line but the driver's, whether a step is on it.
  std::vector<Slice> slices_;
};

}  // namespace mlpipe
