#pragma once

#include "engine/reporter.h"

namespace mlpipe {

/// `run --json`: one JSON object a line on stdout, each with "event", "version" and "time". The
/// events are documented in schemas/run-events.schema.json.
class JsonReporter : public Reporter {
 public:
  void fetch_changed(const FetchNews& news) override;
  void run_started(const RunRecord& run, const std::vector<std::string>& steps,
                   Duration expected) override;
  void step_changed(const StepRunRecord& step, const AttemptNews& attempt) override;
  void transfer_changed(const TransferNews& news) override;
  void note(std::string_view step, std::string_view text) override;
  void tick() override {}
  void run_finished(const RunSummary& summary) override;
};

}  // namespace mlpipe
