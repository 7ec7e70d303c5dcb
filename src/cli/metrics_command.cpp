#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "cli/show_timeline.h"
#include "cli/table.h"
#include "view/metric_series.h"

namespace mlpipe {

namespace {

using nlohmann::json;

/// The steps asked for, each with those of its metrics that were asked for.
std::vector<StepDetails> asked_steps(OpenedHistory& opened, const RunRecord& run,
                                     const Arguments& arguments) {
  std::vector<StepRunRecord> records;
  if (arguments.step.empty())
    records = opened.steps_of(run);
  else
    records.push_back(opened.find_step(run, arguments.step));
  std::vector<StepDetails> steps;
  std::vector<std::string> known;
  bool any = false;
  for (auto& record : records) {
    auto& step = steps.emplace_back(load_step(opened.history, std::move(record)));
    for (const auto& metric : step.metrics) known.push_back(metric.name);
    if (!arguments.metric.empty())
      std::erase_if(step.metrics,
                    [&](const Metric& metric) { return metric.name != arguments.metric; });
    any = any || !step.metrics.empty();
  }
  if (!arguments.metric.empty() && !any) {
    std::sort(known.begin(), known.end());
    known.erase(std::unique(known.begin(), known.end()), known.end());
    fail(ErrorKind::not_found, "{}run {} has no metric '{}'{}; there are {}",
         arguments.step.empty() ? "" : "step '" + arguments.step + "' of ", run.id,
         printable(arguments.metric), did_you_mean(arguments.metric, known),
         known.empty() ? "none" : printable(fmt::format("{}", fmt::join(known, ", "))));
  }
  return steps;
}

json number_or_null(const std::optional<double>& value) { return value ? json(*value) : json(); }

json metrics_json(const RunRecord& run, const std::vector<StepDetails>& steps) {
  json list = json::array();
  for (const auto& step : steps)
    for (const auto& summary : summarize(step.metrics)) {
      json values = json::array();
      for (const auto& metric : step.metrics) {
        if (metric.name != summary.name) continue;
        values.push_back({{"value", parse_json_or_null(metric.value)},
                          {"step", metric.step ? json(*metric.step) : json()},
                          {"time", json_time(metric.time)}});
      }
      list.push_back({{"step", step.record.step},
                      {"name", summary.name},
                      {"last", parse_json_or_null(summary.last)},
                      {"least", number_or_null(summary.least)},
                      {"greatest", number_or_null(summary.greatest)},
                      {"count", summary.count},
                      {"values", std::move(values)}});
    }
  return {{"run_id", run.id}, {"metrics", std::move(list)}};
}

/// A field of a CSV file (RFC 4180).
std::string csv_field(const std::string& value) {
  if (value.find_first_of(",\"\r\n") == std::string::npos) return value;
  std::string quoted = "\"";
  for (const char c : value) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

/// Numbers with all their digits, texts without their JSON quotes.
std::string whole_value(const Metric& metric) {
  const auto parsed = parse_json_or_null(metric.value);
  return parsed.is_string() ? parsed.get<std::string>() : metric.value;
}

void print_csv(const std::vector<StepDetails>& steps) {
  fmt::print("step,metric,value,metric_step,time\n");
  for (const auto& step : steps)
    for (const auto& metric : step.metrics)
      fmt::print("{},{},{},{},{}\n", csv_field(step.record.step), csv_field(metric.name),
                 csv_field(whole_value(metric)), metric.step ? fmt::format("{}", *metric.step) : "",
                 metric.time == TimePoint{} ? "" : iso_utc(metric.time));
}

void print_table(const std::vector<StepDetails>& steps, const Terminal& out) {
  using enum Table::Align;
  Table table({{"step", left, true},
               {"metric", left, true},
               {"last", right, true},
               {"least", right},
               {"greatest", right},
               {"values", right}});
  for (const auto& step : steps)
    for (const auto& summary : summarize(step.metrics)) {
      const bool several = summary.count > 1;
      const auto number = [several](const std::optional<double>& value) {
        return several && value ? number_text(*value) : std::string();
      };
      table.add({{printable(step.record.step)},
                 {printable(summary.name)},
                 {printable(value_text(summary.last))},
                 {number(summary.least)},
                 {number(summary.greatest)},
                 {several ? fmt::format("{}", summary.count) : ""}});
    }
  fmt::print("{}", table.text(out));
}

void print_plots(const std::vector<StepDetails>& steps, const Terminal& out) {
  constexpr std::size_t widest = 100;
  constexpr std::size_t rows = 10;
  const std::size_t columns = out.is_live() ? std::min(out.width(), widest) : 80;
  const Glyphs glyphs = terminal_glyphs();
  static constexpr std::string_view marks = "*o+x#@%&";
  for (auto plot : metric_plots(steps)) {
    const auto each = std::move(plot.lines);
    // Braille dots look all alike: there each step has a drawing of its own.
    const bool together = glyphs == Glyphs::ascii && each.size() <= marks.size();
    for (std::size_t i = 0; i < each.size(); i += together ? each.size() : 1) {
      plot.lines = together ? each : std::vector{each[i]};
      const std::string drawing = plot_text(plot, {columns, rows}, glyphs);
      if (drawing.empty()) {
        fmt::print(stderr, "the terminal is too narrow for a plot ({} columns)\n", columns);
        return;
      }
      std::string head = plot.title;
      for (std::size_t k = 0; k < plot.lines.size(); ++k)
        head += fmt::format("{}{}{}", k == 0 ? "  " : ", ", plot.lines[k].label,
                            together && each.size() > 1 ? fmt::format(" {}", marks[k]) : "");
      fmt::print("\n{}\n{}", out.coloured(cut_to(printable(head), columns), Colour::bold), drawing);
    }
  }
}

}  // namespace

int metrics_command(const Arguments& arguments) {
  OpenedHistory opened(arguments);
  const RunRecord run = opened.find_run(arguments.run);
  const auto steps = asked_steps(opened, run, arguments);
  if (arguments.json) {
    fmt::print("{}\n", json_document(metrics_json(run, steps)));
    return 0;
  }
  if (arguments.csv) {
    print_csv(steps);
    return 0;
  }
  const Terminal out(1);
  if (std::all_of(steps.begin(), steps.end(),
                  [](const StepDetails& step) { return step.metrics.empty(); })) {
    fmt::print(stderr,
               "run {} has no metrics; steps write them to $MLPIPE_METRICS (see `mlpipe help "
               "variables`)\n",
               run.id);
    return 0;
  }
  print_table(steps, out);
  if (out.is_live() || arguments.plot) print_plots(steps, out);
  return 0;
}

}  // namespace mlpipe
