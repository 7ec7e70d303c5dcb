#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/run.h"
#include "history/run_condition.h"

namespace mlpipe {

/// Which runs are wanted; what is left out does not count.
struct RunQuery {
  struct Tag {
    std::string name;
    std::optional<std::string> value;  ///< Nothing: any.
  };

  std::string experiment;
  std::string pipeline;
  std::string endpoint;          ///< What they were submitted to; also one that was deleted.
  std::vector<Status> statuses;  ///< One of these.
  std::vector<Tag> tags;         ///< All of these.
  std::optional<TimePoint> since;
  std::optional<TimePoint> until;
  std::optional<RunKey> before;     ///< Older than this one.
  std::vector<RunCondition> where;  ///< All of these.
  bool deleted = false;             ///< The deleted ones, else those that are not.
  std::size_t limit = 20;
  /// Unfinished runs whose driver is gone: they count as NotResponding, which the database does not
  /// know.
  std::vector<RunKey> dead;
  TimePoint now{};  ///< For the duration of what goes on.
};

/// The last value that a run's step wrote under a name.
struct StepMetric {
  std::string step;
  std::string name;
  std::string value;  ///< As JSON.
};

/// A kind of names that runs have.
enum class NameKind { experiment, pipeline, endpoint, tag, parameter, metric, step };

}  // namespace mlpipe
