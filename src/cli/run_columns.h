#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/table.h"
#include "history/history.h"

namespace mlpipe {

/// A run in a table of runs.
struct RunRow {
  RunRecord run;
  std::vector<StepMetric> metrics;  ///< Only if a column asks for them.
};

/// One thing to show about runs.
struct RunColumn {
  enum class Kind {
    id,
    status,
    started,
    finished,
    took,
    pipeline,
    experiment,
    marks,  ///< "pinned", "deleted …": without a head.
    tags,
    user,
    host,
    message,
    spec,
    command,
    git,
    metric,
    parameter,
    tag,
  };

  Kind kind = Kind::id;
  std::string head;
  std::string name;  ///< Of the metric, parameter, tag or git property.
  std::string step;  ///< Of a metric; empty: of any step.
};

/// A column by the name that people give it: `id`, `took`, `metrics.accuracy`,
/// `metrics.train.loss`, `parameters.C`, `tags.kind`, `git.branch`. Throws Error(usage) with the
/// nearest; for a metric and so on that no run has, Error(not_found).
[[nodiscard]] RunColumn read_column(const std::string& name, History& history);
/// Those that have no NAME in them, and `git.branch` and the like.
[[nodiscard]] std::vector<std::string> column_names();
/// Several, also with commas between.
[[nodiscard]] std::vector<RunColumn> read_columns(const std::vector<std::string>& names,
                                                  History& history);

/// As it is, in full; nothing if the run has no such value. Times are ISO 8601, durations seconds.
[[nodiscard]] std::optional<std::string> plain_value(const RunRow& row, const RunColumn& column);
/// For people.
[[nodiscard]] Table::Cell shown_value(const RunRow& row, const RunColumn& column);

/// By the values in this column: numbers before texts; runs that have none come last, also if
/// `reversed`. Equal ones stay in order.
void sort_rows(std::vector<RunRow>& rows, const RunColumn& column, bool reversed);

/// "C=0.5, seed": names with their values, those that are not empty.
[[nodiscard]] std::string joined_values(const std::map<std::string, std::string>& values);
/// How long the run took, or has gone on until now; zero if nobody knows.
[[nodiscard]] Duration elapsed(const RunRecord& run);
/// A metric's value (JSON) in few digits.
[[nodiscard]] std::string short_metric(const std::string& value);

}  // namespace mlpipe
