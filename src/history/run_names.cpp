#include "history/run_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace mlpipe {

namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::binary_search(names.begin(), names.end(), name);
}

std::string_view word_of(NameKind kind) {
  switch (kind) {
    case NameKind::experiment:
      return "experiment";
    case NameKind::pipeline:
      return "pipeline";
    case NameKind::endpoint:
      return "endpoint";
    case NameKind::tag:
      return "tag";
    case NameKind::parameter:
      return "parameter";
    case NameKind::metric:
      return "metric";
    case NameKind::step:
      return "step";
  }
  return {};
}

[[noreturn]] void refuse(NameKind kind, std::string_view name,
                         const std::vector<std::string>& known) {
  constexpr std::size_t most_named = 10;
  const std::string guess = did_you_mean(name, known);
  std::string list;
  if (guess.empty() && !known.empty())
    list = printable(fmt::format(
        "; there {} {}{}", known.size() == 1 ? "is" : "are",
        fmt::join(known.begin(),
                  known.begin() + static_cast<std::ptrdiff_t>(std::min(known.size(), most_named)),
                  ", "),
        known.size() > most_named ? fmt::format(" and {} more", known.size() - most_named) : ""));
  fail(ErrorKind::not_found, "no run has the {} '{}'{}{}", word_of(kind), printable(name), guess,
       list);
}

}  // namespace

MetricName resolve_metric(std::string_view text, History& history) {
  const auto metrics = history.known_names(NameKind::metric);
  if (contains(metrics, text)) return {.step = {}, .name = std::string(text)};
  const auto steps = history.known_names(NameKind::step);
  std::string_view last;
  for (auto dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.', dot + 1)) {
    const auto step = text.substr(0, dot);
    last = text.substr(dot + 1);
    if (!contains(steps, step)) continue;
    if (contains(metrics, last)) return {.step = std::string(step), .name = std::string(last)};
    refuse(NameKind::metric, last, metrics);
  }
  if (contains(metrics, last))
    refuse(NameKind::step, text.substr(0, text.size() - last.size() - 1), steps);
  refuse(NameKind::metric, text, metrics);
}

void require_name(NameKind kind, std::string_view name, History& history) {
  const auto known = history.known_names(kind);
  if (!contains(known, name)) refuse(kind, name, known);
}

void require_git_name(std::string_view name) {
  static const std::vector<std::string> known = {"branch",      "build_id", "build_uri",
                                                 "commit",      "dirty",    "repository_uri",
                                                 "answered_by", "note"};
  if (name.starts_with("azureml.git.")) name.remove_prefix(std::string_view("azureml.git.").size());
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  fail(ErrorKind::not_found, "git has no '{}'{}; there are git.{}", printable(name),
       did_you_mean(name, known), fmt::join(known, ", git."));
}

std::vector<std::string> fields_named(std::string_view name, History& history) {
  std::vector<std::string> fields;
  for (const auto& [kind, family] :
       {std::pair{NameKind::metric, "metrics"}, std::pair{NameKind::parameter, "parameters"},
        std::pair{NameKind::tag, "tags"}})
    if (contains(history.known_names(kind), name))
      fields.push_back(fmt::format("{}.{}", family, name));
  return fields;
}

namespace {

/// 'metrics.accuracy>abc' would just find no run.
void require_number(const RunCondition& condition, NameKind kind, History& history) {
  if (condition.number || condition.comparison == RunCondition::Operator::contains) return;
  if (history.has_texts(kind, condition.name)) return;
  fail(ErrorKind::usage, "--where: the {} '{}' is always a number, and '{}' is none: nothing fits",
       word_of(kind), printable(condition.name), printable(condition.value));
}

}  // namespace

void resolve_names(std::vector<RunCondition>& conditions, History& history) {
  for (auto& condition : conditions) {
    switch (condition.subject) {
      case RunCondition::Subject::metric: {
        auto metric = resolve_metric(condition.name, history);
        condition.name = std::move(metric.name);
        condition.step = std::move(metric.step);
        require_number(condition, NameKind::metric, history);
        break;
      }
      case RunCondition::Subject::parameter:
        require_name(NameKind::parameter, condition.name, history);
        require_number(condition, NameKind::parameter, history);
        break;
      case RunCondition::Subject::tag:
        require_name(NameKind::tag, condition.name, history);
        break;
      case RunCondition::Subject::status:
      case RunCondition::Subject::pipeline:
      case RunCondition::Subject::experiment:
      case RunCondition::Subject::user:
      case RunCondition::Subject::host:
      case RunCondition::Subject::started:
      case RunCondition::Subject::duration:
        break;
      case RunCondition::Subject::git:
        require_git_name(condition.name);
        break;
    }
  }
}

}  // namespace mlpipe
