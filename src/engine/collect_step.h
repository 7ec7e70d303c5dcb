#pragma once

#include <string>
#include <vector>

#include "core/run.h"
#include "engine/prepare_step.h"

namespace mlpipe {

/// What an attempt that ended with 0 has left.
struct Collection {
  /// Why it counts as failed all the same: an output it did not make. Empty: fine.
  std::string failure;
  std::vector<OutputRecord> outputs;
  std::vector<StoredObject> objects;  ///< Those of `outputs` that are in the store here.
  std::string machine;  ///< machine_name() of the one whose store has them all, if any.
  std::vector<Metric> metrics;
  /// What makes the result unfit for reuse: an input that moved or was damaged while it ran.
  std::vector<std::string> doubts;
  std::vector<std::string> warnings;
};

/// Move the outputs into the store, read the metrics, look at the inputs once more, and remove the
/// private directory. Any thread. Throws Error(system) if the store cannot take them.
[[nodiscard]] Collection collect_step(const StepExecution& execution, ObjectStore& store);

/// What makes inputs unfit to have decided a result: one that moved since it was hashed, or is
/// damaged in the store. One text each.
[[nodiscard]] std::vector<std::string> doubts_about_inputs(const StepExecution& execution,
                                                           ObjectStore& store);

/// What an output is recorded as.
[[nodiscard]] OutputRecord record_of(const std::string& name, const StoredObject& object);

/// Of the content of a metrics file; `otherwise`: when a line that does not say was written.
[[nodiscard]] std::vector<Metric> parse_metrics(std::string_view content, TimePoint otherwise,
                                                std::vector<std::string>& warnings);

/// The lines of a metrics file: {"name", "value", "step"?, "time"?} each. Lines that are none are
/// told in `warnings` and left out.
[[nodiscard]] std::vector<Metric> read_metrics(const std::filesystem::path& file,
                                               std::vector<std::string>& warnings);

}  // namespace mlpipe
