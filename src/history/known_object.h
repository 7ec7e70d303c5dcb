#pragma once

#include <string>
#include <vector>

#include "core/run.h"

namespace mlpipe {

/// An object that the history knows, and what it is there.
struct KnownObject {
  Hash object;
  std::string run_id;  ///< The run that made it, or that first used these sources.
  std::string step;
  std::string output;  ///< Empty: a snapshot of the step's sources.
  /// The result whose output it is, if that may still be asked for; else key 0.
  ResultKey result;
  bool offered = false;  ///< The next run would take this result.
  std::string url;       ///< Not empty: it was fetched from here, and is of no run.
  /// "model 'churn:3'" if it is held for something registered; then `output` and `result` are
  /// empty.
  std::string asset;
};

/// A result that should not be reused, since its rows do not fit together.
struct UnsoundResult {
  ResultKey key;
  std::string run_id;
  std::string step;
  std::string why;
};

}  // namespace mlpipe
