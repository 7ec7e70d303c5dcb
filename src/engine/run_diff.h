#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/run.h"
#include "engine/reasons.h"
#include "engine/value_changes.h"
#include "history/history.h"
#include "store/object_store.h"

namespace mlpipe {

/// A run with its steps as they are now.
struct DiffSide {
  RunRecord run;
  std::vector<StepRunRecord> steps;
};

/// Everything that differs between two runs of pipelines that need not be the same.
struct RunDiff {
  /// A source directory of steps.
  struct Code {
    std::vector<std::string> steps;
    std::vector<FileDifference> files;
    bool readable = true;  ///< False: one of the two snapshots is no longer in the store.
  };
  /// A file or folder that steps read from outside of the pipeline.
  struct Data {
    std::vector<std::string> inputs;  ///< "train.table"
    std::string path;                 ///< Where it lies now.
    std::string path_before;          ///< Only if it lay elsewhere.
    Hash before;
    Hash now;
    std::vector<std::string> files;  ///< Of folders that can still be read, in words.
  };
  /// What an interpreter had installed, or another part of an environment.
  struct Environment {
    std::vector<std::string> steps;
    std::string what;                   ///< "python environment changed"
    std::vector<ValueChange> packages;  ///< If both lists are still known.
  };
  struct Metric {
    std::string step;
    std::string name;
    std::optional<std::string> before;  ///< As JSON.
    std::optional<std::string> now;
  };
  /// A step that is only in one of the runs, or has another status or other work in them.
  struct StepChange {
    std::string step;
    std::optional<StepRunRecord> before;
    std::optional<StepRunRecord> now;
    std::optional<Duration> took_before;  ///< Of what was executed, in this run or an earlier one.
    std::optional<Duration> took_now;
    std::vector<std::string> why;  ///< One text a change.
  };

  std::vector<ValueChange> parameters;
  /// By path in the resolved pipeline, without parameters and what follows from them.
  std::vector<ValueChange> spec;
  std::vector<Code> code;
  std::vector<Data> data;
  std::vector<Environment> environment;
  std::vector<Metric> metrics;
  std::vector<StepChange> steps;
  std::size_t equal_steps = 0;

  [[nodiscard]] bool empty() const {
    return parameters.empty() && spec.empty() && code.empty() && data.empty() &&
           environment.empty() && metrics.empty() && steps.empty();
  }
};

/// Compare two runs by what the history and the store know of them.
[[nodiscard]] RunDiff diff_runs(const DiffSide& before, const DiffSide& now, History& history,
                                const ObjectStore& store);

}  // namespace mlpipe
