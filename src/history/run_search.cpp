// Which runs fit a query: written as SQL, so that a long history need not be read.
#include <fmt/format.h>

#include <variant>

#include "base/clock.h"
#include "base/text.h"
#include "history/history.h"
#include "history/run_row.h"

namespace mlpipe {

namespace {

using Subject = RunCondition::Subject;
using Operator = RunCondition::Operator;
using Value = std::variant<std::int64_t, double, std::string>;

/// A text of SQL with the values of its question marks.
struct Where {
  std::string text = "1";
  std::vector<Value> values;

  void add(std::string_view condition, std::initializer_list<Value> bound = {}) {
    text += fmt::format(" AND {}", condition);
    values.insert(values.end(), bound.begin(), bound.end());
  }
};

std::string_view sign(Operator comparison) {
  switch (comparison) {
    case Operator::equal:
      return "=";
    case Operator::not_equal:
      return "!=";
    case Operator::less:
      return "<";
    case Operator::less_equal:
      return "<=";
    case Operator::greater:
      return ">";
    case Operator::greater_equal:
      return ">=";
    case Operator::contains:
      break;
  }
  return "";
}

/// `column` compared with the condition's value; `is_number` says in SQL whether the column's text
/// is a number, `text` is what it is as a text.
Where compared(const RunCondition& condition, const std::string& column,
               const std::string& is_number, const std::string& text) {
  Where where{.text = {}};
  if (condition.comparison == Operator::contains) {
    where.text = fmt::format("instr({}, ?) > 0", text);
    where.values.emplace_back(condition.value);
    return where;
  }
  const auto is = sign(condition.comparison);
  if (!condition.number) {
    where.text = fmt::format("{} {} ?", text, is);
    where.values.emplace_back(condition.value);
    return where;
  }
  // A number is compared as a number where the value is one; else only equality makes sense.
  const bool equality =
      condition.comparison == Operator::equal || condition.comparison == Operator::not_equal;
  where.text = fmt::format("CASE WHEN {} THEN CAST({} AS REAL) {} ? ELSE {} END", is_number, column,
                           is, equality ? fmt::format("{} {} ?", text, is) : "0");
  where.values.emplace_back(*condition.number);
  if (equality) where.values.emplace_back(condition.value);
  return where;
}

std::string status_column(const RunQuery& query) {
  if (query.dead.empty()) return "status";
  std::string keys;
  for (const auto run : query.dead) keys += fmt::format("{}{}", keys.empty() ? "" : ",", run.value);
  return fmt::format("CASE WHEN finished = 0 AND key IN ({}) THEN 'NotResponding' ELSE status END",
                     keys);
}

void add_plain(Where& where, const RunCondition& condition, const std::string& column) {
  RunCondition as_text = condition;
  as_text.number.reset();
  const Where part = compared(as_text, column, "0", column);
  where.add(part.text);
  where.values.insert(where.values.end(), part.values.begin(), part.values.end());
}

void add_number(Where& where, const RunCondition& condition, const std::string& column) {
  where.add(fmt::format("({}) {} ?", column, sign(condition.comparison)),
            {condition.number.value_or(0)});
}

/// A table of names and values beside runs.
void add_named(Where& where, const RunCondition& condition, std::string_view table,
               const std::string& name) {
  const Where part = compared(
      condition, "value", "json_valid(value) AND json_type(value) IN ('integer', 'real')", "value");
  where.add(fmt::format("EXISTS (SELECT 1 FROM {} WHERE run = runs.key AND name = ? AND {})", table,
                        part.text),
            {name});
  where.values.insert(where.values.end(), part.values.begin(), part.values.end());
}

/// The last value of the metric in any step (or the one that is named); of a reused step in that
/// whose result it took.
void add_metric(Where& where, const RunCondition& condition) {
  const Where part =
      compared(condition, "value", "value GLOB '[-0-9]*'",
               "CASE WHEN value GLOB '\"*' THEN json_extract(value, '$') ELSE value END");
  where.add(fmt::format("EXISTS (SELECT 1 FROM run_steps AS s LEFT JOIN results AS r"
                        " ON r.key = s.result JOIN metrics ON metrics.step_run ="
                        " CASE WHEN s.reused AND r.key IS NOT NULL THEN r.producer ELSE s.key END"
                        " WHERE s.run = runs.key AND (? = '' OR s.step = ?) AND metrics.name = ?"
                        " AND metrics.position = (SELECT max(position) FROM metrics AS last"
                        " WHERE last.step_run = metrics.step_run AND last.name = metrics.name)"
                        " AND {})",
                        part.text),
            {condition.step, condition.step, condition.name});
  where.values.insert(where.values.end(), part.values.begin(), part.values.end());
}

std::string git_property(const std::string& name) {
  return name.starts_with("azureml.") ? name : "azureml.git." + name;
}

void add_condition(Where& where, const RunQuery& query, const RunCondition& condition) {
  switch (condition.subject) {
    case Subject::status:
      return add_plain(where, condition, status_column(query));
    case Subject::pipeline:
      return add_plain(where, condition, "pipeline");
    case Subject::experiment:
      return add_plain(where, condition, "experiment");
    case Subject::user:
      return add_plain(where, condition, "user");
    case Subject::host:
      return add_plain(where, condition, "host");
    case Subject::started:
      return add_number(where, condition, "started");
    case Subject::duration:
      return add_number(where, condition,
                        fmt::format("CASE WHEN finished != 0 THEN finished - started"
                                    " WHEN {} = 'NotResponding' THEN NULL ELSE {} - started END",
                                    status_column(query), to_micros(query.now)));
    case Subject::metric:
      return add_metric(where, condition);
    case Subject::parameter:
      return add_named(where, condition, "run_parameters", condition.name);
    case Subject::tag:
      return add_named(where, condition, "run_tags", condition.name);
    case Subject::git:
      return add_named(where, condition, "run_properties", git_property(condition.name));
  }
}

Where where_of(const RunQuery& query) {
  Where where;
  where.add(query.deleted ? "deleted > 0" : "deleted = 0");
  if (query.before) where.add("key < ?", {query.before->value});
  if (!query.experiment.empty()) where.add("experiment = ?", {query.experiment});
  if (!query.pipeline.empty()) where.add("pipeline = ?", {query.pipeline});
  if (!query.endpoint.empty())
    where.add(
        "key IN (SELECT run FROM submissions WHERE endpoint ="
        " (SELECT endpoints.key FROM endpoints WHERE name = ?))",
        {query.endpoint});
  if (query.since) where.add("started >= ?", {to_micros(*query.since)});
  if (query.until) where.add("started < ?", {to_micros(*query.until)});
  if (!query.statuses.empty()) {
    std::string list;
    for (const auto status : query.statuses)
      list += fmt::format("{}'{}'", list.empty() ? "" : ",", to_text(status));
    where.add(fmt::format("{} IN ({})", status_column(query), list));
  }
  for (const auto& tag : query.tags)
    if (tag.value)
      where.add("key IN (SELECT run FROM run_tags WHERE name = ? AND value = ?)",
                {tag.name, *tag.value});
    else
      where.add("key IN (SELECT run FROM run_tags WHERE name = ?)", {tag.name});
  for (const auto& condition : query.where) add_condition(where, query, condition);
  return where;
}

void bind(Statement& statement, const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value))
    statement.bind(*integer);
  else if (const auto* real = std::get_if<double>(&value))
    statement.bind_real(*real);
  else
    statement.bind(std::string_view(std::get<std::string>(value)));
}

}  // namespace

bool History::has_texts(NameKind kind, std::string_view name) {
  auto& query = database_.cached(
      kind == NameKind::metric
          ? "SELECT 1 FROM metrics WHERE name = ? AND NOT value GLOB '[-0-9]*' LIMIT 1"
          : "SELECT 1 FROM run_parameters WHERE name = ? AND NOT (json_valid(value) AND"
            " json_type(value) IN ('integer', 'real')) LIMIT 1");
  query.bind(name);
  const bool found = query.step();
  query.reset();
  return found;
}

std::vector<RunRecord> History::find_runs(const RunQuery& query) {
  const Where where = where_of(query);
  // First the keys, mostly from an index; the rows with their long texts only of what is shown.
  auto& statement =
      database_.cached(fmt::format("SELECT {} FROM runs WHERE key IN (SELECT key FROM runs WHERE {}"
                                   " ORDER BY key DESC LIMIT ?) ORDER BY key DESC",
                                   run_columns, where.text));
  for (const auto& value : where.values) bind(statement, value);
  statement.bind(static_cast<std::int64_t>(query.limit));
  std::vector<RunRecord> runs;
  while (statement.step()) runs.push_back(read_run(statement));
  statement.reset();
  for (auto& run : runs) load_details(run);
  return runs;
}

std::vector<std::string> History::known_names(NameKind kind) {
  std::string_view table;
  std::string_view column = "name";
  switch (kind) {
    case NameKind::experiment:
      table = "runs";
      column = "experiment";
      break;
    case NameKind::pipeline:
      table = "runs";
      column = "pipeline";
      break;
    case NameKind::endpoint:
      table = "endpoints";
      break;
    case NameKind::tag:
      table = "run_tags";
      break;
    case NameKind::parameter:
      table = "run_parameters";
      break;
    case NameKind::metric:
      table = "metrics";
      break;
    case NameKind::step:
      table = "step_runs";
      column = "step";
      break;
  }
  // From one name to the next by the index: as quick with a million rows.
  auto& query = database_.cached(
      fmt::format("WITH RECURSIVE names(name) AS (SELECT min({0}) FROM {1} UNION ALL"
                  " SELECT (SELECT min({0}) FROM {1} WHERE {0} > names.name) FROM names"
                  " WHERE names.name IS NOT NULL) SELECT name FROM names WHERE name IS NOT NULL",
                  column, table));
  std::vector<std::string> names;
  while (query.step()) names.push_back(query.text(0));
  query.reset();
  return names;
}

std::vector<StepMetric> History::last_metrics(RunKey run) {
  auto& query = database_.cached(
      "SELECT s.step, metrics.name, metrics.value, max(metrics.position)"
      " FROM run_steps AS s LEFT JOIN results AS r ON r.key = s.result"
      " JOIN metrics ON metrics.step_run ="
      " CASE WHEN s.reused AND r.key IS NOT NULL THEN r.producer ELSE s.key END"
      " WHERE s.run = ? GROUP BY s.key, metrics.name ORDER BY s.key,"
      " (SELECT min(position) FROM metrics AS first WHERE first.step_run = metrics.step_run"
      " AND first.name = metrics.name)");
  query.bind(run.value);
  std::vector<StepMetric> metrics;
  while (query.step())
    metrics.push_back({.step = query.text(0), .name = query.text(1), .value = query.text(2)});
  query.reset();
  return metrics;
}

}  // namespace mlpipe
