#include "view/metric_series.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

namespace mlpipe {

namespace {

template <class List, class Key>
auto& found_or_added(List& list, const Key& name) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&name](const auto& each) { return each.first == name; });
  if (found != list.end()) return found->second;
  return list.emplace_back(name, typename List::value_type::second_type{}).second;
}

/// A line over the step numbers; of several values for one number the last counts.
std::vector<PlotPoint> points_of(const std::map<std::int64_t, double>& values) {
  std::vector<PlotPoint> points;
  points.reserve(values.size());
  for (const auto& [step, value] : values) points.push_back({static_cast<double>(step), value});
  return points;
}

}  // namespace

std::optional<double> number_of(const Metric& metric) {
  using Limits = std::numeric_limits<double>;
  if (metric.value == "\"NaN\"") return Limits::quiet_NaN();
  if (metric.value == "\"Infinity\"") return Limits::infinity();
  if (metric.value == "\"-Infinity\"") return -Limits::infinity();
  double value = 0;
  const char* end = metric.value.data() + metric.value.size();  // NOLINT(*-pointer-arithmetic)
  const auto read = std::from_chars(metric.value.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

std::string value_text(const std::string& json_value) {
  const Metric metric{.value = json_value};
  if (const auto number = number_of(metric)) {
    // A whole number keeps all its digits.
    const bool whole = json_value.find_first_not_of("-0123456789") == std::string::npos;
    return whole ? json_value : number_text(*number);
  }
  const auto parsed = nlohmann::json::parse(json_value, nullptr, false);
  return parsed.is_string() ? parsed.get<std::string>() : json_value;
}

std::vector<MetricSummary> summarize(const std::vector<Metric>& metrics) {
  std::vector<std::pair<std::string, MetricSummary>> summaries;
  for (const auto& metric : metrics) {
    auto& summary = found_or_added(summaries, metric.name);
    summary.name = metric.name;
    summary.last = metric.value;
    ++summary.count;
    const auto number = number_of(metric);
    if (!number || !std::isfinite(*number)) continue;
    summary.least = std::min(summary.least.value_or(*number), *number);
    summary.greatest = std::max(summary.greatest.value_or(*number), *number);
  }
  std::vector<MetricSummary> result;
  result.reserve(summaries.size());
  for (auto& [name, summary] : summaries) result.push_back(std::move(summary));
  return result;
}

std::vector<LinePlot> metric_plots(const std::vector<StepDetails>& steps) {
  std::vector<std::pair<std::string, LinePlot>> plots;
  for (const auto& step : steps) {
    std::vector<std::pair<std::string, std::map<std::int64_t, double>>> lines;
    for (const auto& metric : step.metrics)
      if (const auto number = number_of(metric); number && metric.step)
        found_or_added(lines, metric.name)[*metric.step] = *number;
    for (const auto& [name, values] : lines) {
      auto points = points_of(values);
      const auto drawn = std::count_if(points.begin(), points.end(), [](const PlotPoint& point) {
        return std::isfinite(point.y);
      });
      if (points.size() < 2 || drawn == 0) continue;
      auto& plot = found_or_added(plots, name);
      plot.title = name;
      plot.x_label = "step";
      plot.lines.push_back({step.record.step, std::move(points)});
    }
  }
  std::vector<LinePlot> result;
  result.reserve(plots.size());
  for (auto& [name, plot] : plots) result.push_back(std::move(plot));
  return result;
}

}  // namespace mlpipe
