#include "cli/run_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "cli/status_colour.h"
#include "history/run_names.h"

namespace mlpipe {

namespace {

using ColumnKind = RunColumn::Kind;

struct NamedColumn {
  std::string_view name;
  ColumnKind kind;
};

constexpr std::array<NamedColumn, 16> plain_columns = {{{"id", ColumnKind::id},
                                                        {"run", ColumnKind::id},
                                                        {"status", ColumnKind::status},
                                                        {"started", ColumnKind::started},
                                                        {"finished", ColumnKind::finished},
                                                        {"took", ColumnKind::took},
                                                        {"duration", ColumnKind::took},
                                                        {"pipeline", ColumnKind::pipeline},
                                                        {"experiment", ColumnKind::experiment},
                                                        {"pinned", ColumnKind::marks},
                                                        {"tags", ColumnKind::tags},
                                                        {"user", ColumnKind::user},
                                                        {"host", ColumnKind::host},
                                                        {"message", ColumnKind::message},
                                                        {"spec", ColumnKind::spec},
                                                        {"command", ColumnKind::command}}};
constexpr std::array<NamedColumn, 4> families = {{{"metrics", ColumnKind::metric},
                                                  {"parameters", ColumnKind::parameter},
                                                  {"tags", ColumnKind::tag},
                                                  {"git", ColumnKind::git}}};

std::optional<double> number_of(const std::string& text) {
  double number = 0;
  const auto* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return number;
}

std::optional<std::string> found_in(const std::map<std::string, std::string>& values,
                                    const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> if_any(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<std::string> time_value(TimePoint time) {
  return time == TimePoint{} ? std::nullopt : std::optional(iso_utc(time));
}

/// A JSON text without its quotes, anything else as it stands.
std::string bare(const std::string& value) {
  if (!value.starts_with('"')) return value;
  const auto parsed = nlohmann::json::parse(value, nullptr, false);
  return parsed.is_string() ? parsed.get<std::string>() : value;
}

/// Of all the steps that have it.
std::vector<std::string> metric_values(const RunRow& row, const RunColumn& column) {
  std::vector<std::string> values;
  for (const auto& metric : row.metrics)
    if (metric.name == column.name && (column.step.empty() || metric.step == column.step))
      values.push_back(metric.value);
  return values;
}

std::optional<std::string> git_value(const RunRecord& run, const std::string& name) {
  for (const char* prefix : {"azureml.git.", "mlpipe.git.", ""})
    if (auto value = found_in(run.properties, prefix + name)) return value;
  return std::nullopt;
}

std::string marks_of(const RunRecord& run) {
  std::string marks = run.pinned ? "pinned" : "";
  if (run.deleted != TimePoint{})
    marks += fmt::format("{}deleted {}", marks.empty() ? "" : ", ", local_time_text(run.deleted));
  return marks;
}

}  // namespace

RunColumn read_column(const std::string& name, History& history) {
  for (const auto& column : plain_columns)
    if (column.name == name)
      return {.kind = column.kind, .head = column.kind == ColumnKind::marks ? "" : name};
  const auto dot = name.find('.');
  std::vector<std::string> known;
  for (const auto& family : families) {
    known.push_back(std::string(family.name) + ".NAME");
    if (dot == std::string::npos || name.substr(0, dot) != family.name) continue;
    RunColumn column{.kind = family.kind, .head = name, .name = name.substr(dot + 1)};
    if (family.kind == ColumnKind::metric) {
      auto metric = resolve_metric(column.name, history);
      column.name = std::move(metric.name);
      column.step = std::move(metric.step);
    } else if (family.kind == ColumnKind::parameter) {
      require_name(NameKind::parameter, column.name, history);
    } else if (family.kind == ColumnKind::tag) {
      require_name(NameKind::tag, column.name, history);
    } else if (family.kind == ColumnKind::git) {
      require_git_name(column.name);
    }
    return column;
  }
  for (const auto& column : plain_columns) known.emplace_back(column.name);
  fail(ErrorKind::usage, "there is no column '{}'{}; there are {}", printable(name),
       did_you_mean(name, known), fmt::join(known, ", "));
}

std::vector<std::string> column_names() {
  std::vector<std::string> names;
  for (const auto& column : plain_columns) names.emplace_back(column.name);
  names.insert(names.end(), {"git.branch", "git.commit"});
  return names;
}

std::vector<RunColumn> read_columns(const std::vector<std::string>& names, History& history) {
  std::vector<RunColumn> columns;
  for (const auto& text : names)
    for (const auto name : split(text, ','))
      if (!trim(name).empty()) columns.push_back(read_column(std::string(trim(name)), history));
  return columns;
}

std::optional<std::string> plain_value(const RunRow& row, const RunColumn& column) {
  const RunRecord& run = row.run;
  switch (column.kind) {
    case ColumnKind::id:
      return run.id;
    case ColumnKind::status:
      return std::string(to_text(run.status));
    case ColumnKind::started:
      return time_value(run.started);
    case ColumnKind::finished:
      return time_value(run.finished);
    case ColumnKind::took:
      if (elapsed(run) == Duration{}) return std::nullopt;
      return fmt::format("{}", static_cast<double>(elapsed(run).count()) / 1e6);
    case ColumnKind::pipeline:
      return run.pipeline;
    case ColumnKind::experiment:
      return run.experiment;
    case ColumnKind::marks:
      return if_any(marks_of(run));
    case ColumnKind::tags:
      return if_any(joined_values(run.tags));
    case ColumnKind::user:
      return if_any(run.user);
    case ColumnKind::host:
      return if_any(run.host);
    case ColumnKind::message:
      return if_any(run.message);
    case ColumnKind::spec:
      return if_any(run.spec_file);
    case ColumnKind::command:
      return if_any(run.command_line);
    case ColumnKind::git:
      return git_value(run, column.name);
    case ColumnKind::parameter:
      return found_in(run.parameters, column.name);
    case ColumnKind::tag:
      return found_in(run.tags, column.name);
    case ColumnKind::metric: {
      std::string all;
      for (const auto& value : metric_values(row, column))
        all += (all.empty() ? "" : ", ") + bare(value);
      return if_any(all);
    }
  }
  return std::nullopt;
}

Table::Cell shown_value(const RunRow& row, const RunColumn& column) {
  const RunRecord& run = row.run;
  switch (column.kind) {
    case ColumnKind::status:
      return {std::string(to_text(run.status)), colour_of(run.status)};
    case ColumnKind::started:
      return {local_time_text(run.started)};
    case ColumnKind::finished:
      return {run.finished == TimePoint{} ? "" : local_time_text(run.finished)};
    case ColumnKind::took:
      return {elapsed(run) == Duration{} ? "" : duration_text(elapsed(run))};
    case ColumnKind::marks:
      return {marks_of(run), Colour::yellow};
    case ColumnKind::metric: {
      std::string all;
      for (const auto& value : metric_values(row, column))
        all += (all.empty() ? "" : ", ") + short_metric(value);
      return {all};
    }
    case ColumnKind::git: {
      const auto value = git_value(run, column.name).value_or("");
      return {printable(column.name == "commit" ? value.substr(0, 12) : value)};
    }
    default:
      return {printable(plain_value(row, column).value_or(""))};
  }
}

void sort_rows(std::vector<RunRow>& rows, const RunColumn& column, bool reversed) {
  struct Key {
    int rank = 3;  ///< Numbers, texts, what is not a number, nothing.
    double number = 0;
    std::string text;
  };
  const auto key_of = [&column](const RunRow& row) {
    const auto value = plain_value(row, column);
    if (!value) return Key{};
    const auto number = number_of(*value);
    if (number && std::isnan(*number)) return Key{.rank = 2, .number = 0, .text = {}};
    return number ? Key{.rank = 0, .number = *number, .text = {}}
                  : Key{.rank = 1, .number = 0, .text = *value};
  };
  std::vector<std::pair<Key, RunRow>> keyed;
  keyed.reserve(rows.size());
  for (auto& row : rows) {
    auto key = key_of(row);
    keyed.emplace_back(std::move(key), std::move(row));
  }
  std::stable_sort(keyed.begin(), keyed.end(), [reversed](const auto& left, const auto& right) {
    const Key& a = left.first;
    const Key& b = right.first;
    if (a.rank != b.rank) return a.rank < b.rank;
    const auto& lower = reversed ? b : a;
    const auto& upper = reversed ? a : b;
    return std::tie(lower.number, lower.text) < std::tie(upper.number, upper.text);
  });
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = std::move(keyed[i].second);
}

std::string joined_values(const std::map<std::string, std::string>& values) {
  std::string text;
  for (const auto& [name, value] : values)
    text += (text.empty() ? "" : ", ") + name + (value.empty() ? "" : "=" + value);
  return text;
}

Duration elapsed(const RunRecord& run) {
  if (run.finished != TimePoint{}) return run.finished - run.started;
  return is_final(run.status) ? Duration{} : now() - run.started;
}

std::string short_metric(const std::string& value) {
  constexpr std::size_t longest = 24;
  if (const auto number = number_of(value)) {
    const bool whole = value.find_first_of(".eE") == std::string::npos;
    return whole ? value : fmt::format("{:.6g}", *number);
  }
  return cut_to(printable(bare(value)), longest);
}

}  // namespace mlpipe
