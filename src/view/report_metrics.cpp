#include "view/report_metrics.h"

#include <fmt/format.h>

#include <algorithm>

#include "view/metric_series.h"
#include "view/report_steps.h"

namespace mlpipe {

namespace {

constexpr std::size_t longest_value = 80;

std::string short_value(const std::string& value) {
  std::string shown = value_text(value);
  if (shown.size() > longest_value) shown = shown.substr(0, longest_value) + "…";
  return shown;
}

/// The rows of one step; its name stands in the first and spans them all.
Markup rows_of(const ReportData& data, std::size_t index, bool with_range) {
  const auto summaries = summarize(data.details.steps[index].metrics);
  Markup rows;
  for (const auto& summary : summaries) {
    Markup cells;
    if (&summary == &summaries.front())
      cells +=
          element("th", {{"scope", "rowgroup"}, {"rowspan", fmt::format("{}", summaries.size())}},
                  step_link(data, index));
    cells += element("td", {}, summary.name);
    cells += element("td", {{"class", "number"}}, element("b", {}, short_value(summary.last)));
    if (with_range) {
      const bool several = summary.count > 1;
      const auto number = [several](const std::optional<double>& value) {
        return element("td", {{"class", "number"}},
                       several && value ? number_text(*value) : std::string());
      };
      cells += number(summary.least) + number(summary.greatest) +
               element("td", {{"class", "number"}}, fmt::format("{}", summary.count));
    }
    rows += element("tr", {}, cells);
  }
  return rows.empty() ? rows : element("tbody", {}, rows);
}

bool any_written_several_times(const std::vector<StepDetails>& steps) {
  return std::any_of(steps.begin(), steps.end(), [](const StepDetails& step) {
    return last_values(step.metrics).size() < step.metrics.size();
  });
}

}  // namespace

Markup metrics_part(const ReportData& data) {
  const bool with_range = any_written_several_times(data.details.steps);
  Markup bodies;
  for (std::size_t i = 0; i < data.details.steps.size(); ++i)
    bodies += rows_of(data, i, with_range);
  if (bodies.empty()) return {};
  Markup heads;
  const auto head = [&heads](std::string_view name, std::string_view kind = no_attribute) {
    heads += element("th", {{"scope", "col"}, {"class", kind}}, name);
  };
  head("Step");
  head("Metric");
  head(with_range ? "Last" : "Value", "number");
  if (with_range) {
    head("Least", "number");
    head("Greatest", "number");
    head("Values", "number");
  }
  Markup plots;
  for (const auto& plot : metric_plots(data.details.steps)) plots += plot_svg(plot);
  if (!plots.empty()) plots = element("div", {{"class", "plots"}}, plots);
  return plots + element("div", {{"class", "scroll"}},
                         element("table", {{"class", "metrics"}},
                                 element("caption", {{"class", "spoken"}}, "Metrics") +
                                     element("thead", {}, element("tr", {}, heads)) + bodies));
}

}  // namespace mlpipe
