#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "history/history.h"

namespace mlpipe {

/// A metric as people name it: `accuracy`, or `train.accuracy` of one step.
struct MetricName {
  std::string step;  ///< Empty: of any step.
  std::string name;
};

/// What `text` means among the metrics of the history: a metric's name if there is such a one, else
/// STEP.NAME. Throws Error(not_found) with the nearest names.
[[nodiscard]] MetricName resolve_metric(std::string_view text, History& history);

/// Throws Error(not_found), with the nearest, unless some run has this name.
void require_name(NameKind kind, std::string_view name, History& history);

/// Throws Error(not_found), with the nearest, unless runs may have this property of git: `branch`.
void require_git_name(std::string_view name);

/// What a bare name in a filter may have meant: "metrics.accuracy", "tags.accuracy".
[[nodiscard]] std::vector<std::string> fields_named(std::string_view name, History& history);

/// The names in conditions exist, and what is always a number is compared with one; metrics are
/// told from STEP.NAME. Throws as above.
void resolve_names(std::vector<RunCondition>& conditions, History& history);

}  // namespace mlpipe
