#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "cli/run_choice.h"
#include "cli/run_columns.h"
#include "cli/run_json.h"

namespace mlpipe {

namespace {

using ColumnKind = RunColumn::Kind;

/// Where every experiment is just the pipeline's name, it is not worth a column.
std::vector<RunColumn> default_columns(const std::vector<RunRecord>& runs) {
  std::vector<RunColumn> columns = {{ColumnKind::id, "run", {}, {}},
                                    {ColumnKind::status, "status", {}, {}},
                                    {ColumnKind::started, "started", {}, {}},
                                    {ColumnKind::took, "took", {}, {}},
                                    {ColumnKind::pipeline, "pipeline", {}, {}}};
  if (std::any_of(runs.begin(), runs.end(),
                  [](const RunRecord& run) { return run.experiment != run.pipeline; }))
    columns.push_back({ColumnKind::experiment, "experiment", {}, {}});
  columns.push_back({ColumnKind::marks, "", {}, {}});
  columns.push_back({ColumnKind::tags, "tags", {}, {}});
  // What is to be known of one that goes on; why one failed is `show`'s to say.
  if (std::any_of(runs.begin(), runs.end(), [](const RunRecord& run) {
        return !is_final(run.status) && !run.message.empty();
      }))
    columns.push_back({ColumnKind::message, "message", {}, {}});
  return columns;
}

Table table_of(const std::vector<RunRecord>& runs, const std::vector<RunColumn>& columns,
               History& history) {
  const bool metrics = std::any_of(columns.begin(), columns.end(), [](const RunColumn& column) {
    return column.kind == ColumnKind::metric;
  });
  std::vector<Table::Column> heads;
  for (const auto& column : columns)
    heads.push_back({.head = column.head,
                     .align = column.kind == ColumnKind::took || column.kind == ColumnKind::metric
                                  ? Table::Align::right
                                  : Table::Align::left,
                     .may_shrink = column.kind != ColumnKind::id});
  Table table(heads);
  for (const auto& run : runs) {
    const RunRow row{run, metrics ? history.last_metrics(run.key) : std::vector<StepMetric>{}};
    std::vector<Table::Cell> cells;
    for (const auto& column : columns) cells.push_back(shown_value(row, column));
    table.add(std::move(cells));
  }
  return table;
}

std::string next_page(const Arguments& arguments, const RunRecord& last) {
  std::string command = "mlpipe runs";
  if (!arguments.workspace.empty()) command += " -C " + shell_quoted(arguments.workspace);
  command += filter_words(arguments);
  constexpr std::size_t usual = 20;
  if (arguments.limit != usual) command += fmt::format(" -n {}", arguments.limit);
  for (const auto& names : arguments.columns) command += " --columns " + shell_quoted(names);
  return command + " --before " + last.id;
}

}  // namespace

int runs_command(const Arguments& arguments) {
  OpenedHistory opened(arguments);
  auto query = query_of(arguments, opened);
  query.limit = arguments.limit + 1;  // one more than is shown tells whether there are more
  const auto columns = read_columns(arguments.columns, opened.history);
  auto runs = opened.history.find_runs(query);
  const bool more = runs.size() > arguments.limit;
  if (more) runs.pop_back();
  for (auto& run : runs) run = opened.as_it_is_now(std::move(run));
  if (arguments.json) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& run : runs) list.push_back(run_json(run));
    nlohmann::json next;
    if (more && !runs.empty()) next = runs.back().id;
    fmt::print("{}\n", json_document({{"runs", list}, {"next_before", next}}));
    return 0;
  }
  const auto table =
      table_of(runs, columns.empty() ? default_columns(runs) : columns, opened.history);
  if (!runs.empty()) fmt::print("{}", table.text(Terminal(1)));
  std::fflush(stdout);
  if (runs.empty()) fmt::print(stderr, "no runs fit\n");
  if (more && !runs.empty())
    fmt::print(stderr, "there are more; the next page: {}\n", next_page(arguments, runs.back()));
  return 0;
}

}  // namespace mlpipe
