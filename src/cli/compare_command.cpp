#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "cli/run_choice.h"
#include "cli/run_columns.h"

namespace mlpipe {

namespace {

using ColumnKind = RunColumn::Kind;
using nlohmann::json;

/// The runs with every parameter and metric that any of them has.
struct Comparison {
  std::vector<RunRow> rows;
  std::vector<RunColumn> facts;   ///< pipeline, experiment, status …
  std::vector<RunColumn> values;  ///< Parameters, then metrics.
};

/// Metrics by (step, name), as far as possible in the order in which steps wrote them.
std::vector<RunColumn> metric_columns(const std::vector<RunRow>& rows) {
  std::vector<RunColumn> columns;
  std::map<std::string, std::set<std::string>> steps_of;
  for (const auto& row : rows)
    for (const auto& metric : row.metrics)
      if (steps_of[metric.name].insert(metric.step).second)
        columns.push_back({.kind = ColumnKind::metric, .name = metric.name, .step = metric.step});
  for (auto& column : columns)
    column.head = steps_of[column.name].size() == 1 ? column.name : column.step + "." + column.name;
  return columns;
}

std::vector<RunColumn> parameter_columns(const std::vector<RunRow>& rows) {
  std::set<std::string> names;
  for (const auto& row : rows)
    for (const auto& [name, value] : row.run.parameters) names.insert(name);
  std::vector<RunColumn> columns;
  for (const auto& name : names)
    columns.push_back({.kind = ColumnKind::parameter, .head = name, .name = name});
  return columns;
}

Comparison compare(const std::vector<RunRecord>& runs, History& history) {
  Comparison comparison;
  for (const auto& run : runs) comparison.rows.push_back({run, history.last_metrics(run.key)});
  comparison.facts = {{ColumnKind::status, "status", {}, {}},
                      {ColumnKind::started, "started", {}, {}},
                      {ColumnKind::took, "took", {}, {}},
                      {ColumnKind::pipeline, "pipeline", {}, {}},
                      {ColumnKind::experiment, "experiment", {}, {}},
                      {ColumnKind::tags, "tags", {}, {}}};
  comparison.values = parameter_columns(comparison.rows);
  std::set<std::string> parameters;
  for (const auto& column : comparison.values) parameters.insert(column.head);
  for (auto& column : metric_columns(comparison.rows)) {
    if (parameters.contains(column.head)) column.head = "metrics." + column.head;
    comparison.values.push_back(std::move(column));
  }
  return comparison;
}

bool differs(const std::vector<RunRow>& rows, const RunColumn& column) {
  return std::any_of(rows.begin(), rows.end(), [&](const RunRow& row) {
    return plain_value(row, column) != plain_value(rows.front(), column);
  });
}

/// A column by the name it has in this table, else by any that `runs --columns` takes.
RunColumn sort_column(const std::string& name, const Comparison& comparison, History& history) {
  for (const auto& column : comparison.values)
    if (column.head == name) return column;
  std::vector<std::string> known = {"id", "status", "started", "took", "pipeline", "experiment"};
  for (const auto& column : comparison.values) known.push_back(column.head);
  const bool plain = name.find('.') == std::string::npos;
  if (plain && std::find(known.begin(), known.end(), name) == known.end())
    fail(ErrorKind::usage, "--sort {}: there is no such column{}", printable(name),
         did_you_mean(name, known));
  return read_column(name, history);
}

/// The columns worth showing: what differs, or with --all (and for a single run) everything.
std::vector<RunColumn> shown_columns(const Comparison& comparison, bool all) {
  const bool everything = all || comparison.rows.size() == 1;
  std::vector<RunColumn> columns = {{ColumnKind::id, "run", {}, {}}};
  for (const auto& column : comparison.facts)
    if (everything || column.kind == ColumnKind::started || differs(comparison.rows, column))
      columns.push_back(column);
  for (const auto& column : comparison.values)
    if (everything || differs(comparison.rows, column)) columns.push_back(column);
  return columns;
}

bool is_right(const RunColumn& column) {
  return column.kind == ColumnKind::took || column.kind == ColumnKind::metric ||
         column.kind == ColumnKind::parameter;
}

void print_table(const Comparison& comparison, const std::vector<RunColumn>& columns) {
  const Terminal out(1);
  std::vector<Table::Column> heads;
  for (const auto& column : columns)
    heads.push_back({.head = column.head,
                     .align = is_right(column) ? Table::Align::right : Table::Align::left});
  Table table(heads);
  for (const auto& row : comparison.rows) {
    std::vector<Table::Cell> cells;
    for (const auto& column : columns) cells.push_back(shown_value(row, column));
    table.add(std::move(cells));
  }
  if (!out.is_live() || table.full_width() <= out.width()) {
    fmt::print("{}", table.text(out));
    return;
  }
  // Too wide: one run after the other, one value a line, so that nothing is lost.
  for (const auto& row : comparison.rows) {
    fmt::print("{}{}\n", &row == &comparison.rows.front() ? "" : "\n",
               out.coloured(row.run.id, Colour::bold));
    Table values({{""}, {"", Table::Align::left, true}});
    for (const auto& column : columns)
      if (column.kind != ColumnKind::id)
        if (const auto cell = shown_value(row, column); !cell.text.empty())
          values.add({{"  " + column.head, Colour::grey}, cell});
    fmt::print("{}", values.text(out));
  }
}

void tell_equal_ones(const Comparison& comparison, const std::vector<RunColumn>& shown) {
  std::size_t parameters = 0;
  std::size_t metrics = 0;
  for (const auto& column : comparison.values) {
    if (std::any_of(shown.begin(), shown.end(),
                    [&column](const RunColumn& other) { return other.head == column.head; }))
      continue;
    ++(column.kind == ColumnKind::parameter ? parameters : metrics);
  }
  if (parameters + metrics == 0) return;
  std::string text = parameters == 0 ? "" : counted(parameters, "parameter");
  if (metrics > 0) text += (text.empty() ? "" : ", ") + counted(metrics, "metric");
  std::fflush(stdout);
  fmt::print(stderr, "the same in all: {} (--all shows them)\n", text);
}

/// Of runs that have the same in all columns but id and times, the first stays; how many each
/// stands for.
std::vector<std::size_t> fold_equal(std::vector<RunRow>& rows,
                                    const std::vector<RunColumn>& columns) {
  std::map<std::vector<std::optional<std::string>>, std::size_t> places;
  std::vector<RunRow> kept;
  std::vector<std::size_t> counts;
  for (auto& row : rows) {
    std::vector<std::optional<std::string>> values;
    for (const auto& column : columns)
      if (column.kind != ColumnKind::id && column.kind != ColumnKind::started &&
          column.kind != ColumnKind::took)
        values.push_back(plain_value(row, column));
    const auto [place, is_new] = places.try_emplace(std::move(values), kept.size());
    if (!is_new) {
      ++counts[place->second];
      continue;
    }
    kept.push_back(std::move(row));
    counts.push_back(1);
  }
  rows = std::move(kept);
  return counts;
}

void tell_folded(const std::vector<std::size_t>& counts) {
  std::size_t left_out = 0;
  for (const auto count : counts) left_out += count - 1;
  if (left_out == 0) return;
  std::fflush(stdout);
  fmt::print(stderr, "{} left out that {} one shown in all but id and time (--all shows {})\n",
             counted(left_out, "run"), left_out == 1 ? "is like" : "are each like",
             left_out == 1 ? "it" : "them");
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string field = "\"";
  for (const char c : text) field += c == '"' ? std::string("\"\"") : std::string(1, c);
  return field + "\"";
}

/// RFC 4180. Heads say what a column is: `parameters.C`, `metrics.accuracy`.
void print_csv(const Comparison& comparison) {
  std::vector<RunColumn> columns = {{ColumnKind::id, "run_id", {}, {}}};
  for (auto column : comparison.facts) {
    if (column.kind == ColumnKind::took) column.head = "duration_seconds";
    columns.push_back(column);
  }
  for (auto column : comparison.values) {
    const std::string family = column.kind == ColumnKind::metric ? "metrics." : "parameters.";
    if (!column.head.starts_with(family)) column.head = family + column.head;
    columns.push_back(column);
  }
  std::string line;
  for (const auto& column : columns) line += (line.empty() ? "" : ",") + csv_field(column.head);
  fmt::print("{}\r\n", line);
  for (const auto& row : comparison.rows) {
    line.clear();
    for (const auto& column : columns)
      line += (&column == &columns.front() ? "" : ",") +
              csv_field(plain_value(row, column).value_or(""));
    fmt::print("{}\r\n", line);
  }
}

json comparison_json(const Comparison& comparison) {
  json runs = json::array();
  for (const auto& row : comparison.rows) {
    json metrics = json::array();
    for (const auto& metric : row.metrics)
      metrics.push_back({{"step", metric.step},
                         {"name", metric.name},
                         {"value", parse_json_or_null(metric.value)}});
    const auto took = elapsed(row.run);  // zero: its driver died, nobody knows when
    runs.push_back({{"run_id", row.run.id},
                    {"status", to_text(row.run.status)},
                    {"started", json_time(row.run.started)},
                    {"duration_seconds", took == Duration{} ? json() : json(json_seconds(took))},
                    {"pipeline", row.run.pipeline},
                    {"experiment", row.run.experiment},
                    {"tags", row.run.tags},
                    {"parameters", row.run.parameters},
                    {"metrics", metrics}});
  }
  json differing = {{"parameters", json::array()}, {"metrics", json::array()}};
  for (const auto& column : comparison.values) {
    if (!differs(comparison.rows, column)) continue;
    if (column.kind == ColumnKind::parameter)
      differing["parameters"].push_back(column.name);
    else
      differing["metrics"].push_back({{"step", column.step}, {"name", column.name}});
  }
  return {{"runs", runs}, {"differing", differing}};
}

std::vector<RunRecord> compared_runs(const Arguments& arguments, OpenedHistory& opened) {
  if (!arguments.runs.empty() && has_filter(arguments))
    fail(ErrorKind::usage,
         "runs and filters cannot be used together: `mlpipe compare RUN…` or `mlpipe compare "
         "--where …`");
  auto runs = arguments.runs.empty() ? opened.history.find_runs(query_of(arguments, opened))
                                     : named_runs(arguments.runs, opened);
  for (auto& run : runs) run = opened.as_it_is_now(std::move(run));
  if (runs.empty())
    fail(ErrorKind::not_found,
         "no runs fit: there is nothing to compare; `mlpipe runs` lists them");
  return runs;
}

}  // namespace

int compare_command(const Arguments& arguments) {
  OpenedHistory opened(arguments);
  Comparison comparison = compare(compared_runs(arguments, opened), opened.history);
  if (!arguments.sort.empty())
    sort_rows(comparison.rows, sort_column(arguments.sort, comparison, opened.history),
              arguments.reverse);
  else if (arguments.reverse)
    std::reverse(comparison.rows.begin(), comparison.rows.end());
  if (arguments.json) {
    fmt::print("{}\n", json_document(comparison_json(comparison)));
  } else if (arguments.csv) {
    print_csv(comparison);
  } else {
    const auto columns = shown_columns(comparison, arguments.all);
    const bool folds = !arguments.all && arguments.runs.empty();
    const auto counts = folds ? fold_equal(comparison.rows, columns) : std::vector<std::size_t>();
    print_table(comparison, columns);
    tell_folded(counts);
    tell_equal_ones(comparison, columns);
  }
  return 0;
}

}  // namespace mlpipe
