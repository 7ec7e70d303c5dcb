#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/hash.h"
#include "core/run.h"

namespace mlpipe {

/// A result that has its outputs, and what gc must know of it.
struct HeldResult {
  ResultKey key;
  Duration duration{};        ///< What making it anew would take.
  TimePoint last_used{};      ///< When a run made it or reused it last, also a deleted run.
  std::int64_t uses = 0;      ///< Step runs that point to it.
  bool shown = false;         ///< By a run that is not deleted.
  bool kept = false;          ///< By a pinned run, or by one that goes on.
  std::vector<Hash> objects;  ///< Its outputs, and the snapshot of its sources; each once.
};

/// A snapshot of sources that a step run without a result holds, or a run for its repetition.
struct HeldSource {
  Hash object;
  TimePoint last_used{};
  bool kept = false;
};

/// What was fetched from an address.
struct HeldDownload {
  std::string url;
  Hash object;
  TimePoint last_used{};
};

/// What refers to objects of the store: the one place that knows. An object that nothing here names
/// is garbage. Whatever else shall keep objects alive is to be added here.
struct ObjectHolders {
  std::vector<HeldResult> results;  ///< Oldest first.
  std::vector<HeldSource> sources;
  std::vector<HeldDownload> downloads;
  /// Registered models and outputs, the sources of registered components and of published
  /// pipelines: never garbage, also when they are archived. Not those of deleted versions of
  /// endpoints.
  std::vector<Hash> registered;
};

/// What one step run has on disk.
struct StepRunFiles {
  std::string pipeline;
  std::string step;
  std::string run_id;
  std::optional<ResultKey> result;
  std::vector<std::string> logs;  ///< Relative to the state directory.
};

}  // namespace mlpipe
