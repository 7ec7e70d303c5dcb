#pragma once

#include <optional>
#include <string>
#include <vector>

#include "view/line_plot.h"
#include "view/run_details.h"

namespace mlpipe {

/// What became of one metric of one step.
struct MetricSummary {
  std::string name;
  std::size_t count = 0;
  std::string last;             ///< As JSON.
  std::optional<double> least;  ///< Of the values that are finite numbers.
  std::optional<double> greatest;
};

/// A metric's value as a number: NaN and infinities too, which are recorded as texts.
[[nodiscard]] std::optional<double> number_of(const Metric& metric);

/// A metric's value (JSON) for people: a number with six digits at most, a text without quotes.
[[nodiscard]] std::string value_text(const std::string& json_value);

/// One for each name, in the order of their first values.
[[nodiscard]] std::vector<MetricSummary> summarize(const std::vector<Metric>& metrics);

/// A plot for each metric that some step wrote with two or more different step numbers, all steps'
/// lines in it, in the order of the metrics' first values.
[[nodiscard]] std::vector<LinePlot> metric_plots(const std::vector<StepDetails>& steps);

}  // namespace mlpipe
