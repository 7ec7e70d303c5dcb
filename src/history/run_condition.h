#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace mlpipe {

/// One comparison of a filter: `metrics.accuracy > 0.9`. A run that does not have the value fits no
/// comparison, also not `!=`.
struct RunCondition {
  enum class Subject {
    status,
    pipeline,
    experiment,
    user,
    host,
    started,
    duration,
    metric,     ///< `metrics.NAME`, or `metrics.STEP.NAME`.
    parameter,  ///< `parameters.NAME`
    tag,        ///< `tags.NAME`
    git,        ///< `git.branch`, `git.commit` …
  };
  enum class Operator { equal, not_equal, less, less_equal, greater, greater_equal, contains };

  Subject subject = Subject::status;
  std::string name;  ///< Of the metric, parameter, tag or git property.
  std::string step;  ///< Of a metric; empty: of any step.
  Operator comparison = Operator::equal;
  std::string value;  ///< As written, without quotes.
  /// What it is as a number, if it is one: a duration or a moment in microseconds.
  std::optional<double> number;
};

/// The fields that have no NAME in them, and `git.branch`.
[[nodiscard]] std::vector<std::string> condition_fields();

/// `FIELD OP VALUE`, several with `and` between. OP is one of = == != < <= > >= and ~ (contains).
/// VALUE and parts of FIELD may stand in single or double quotes. Throws Error(usage) that shows
/// the position by a caret. `option` is what the message calls it: "--where"; `fields_named` what
/// an unknown field may have meant.
[[nodiscard]] std::vector<RunCondition> parse_conditions(
    std::string_view text, std::string_view option, TimePoint now,
    const std::function<std::vector<std::string>(std::string_view)>& fields_named = {});

}  // namespace mlpipe
