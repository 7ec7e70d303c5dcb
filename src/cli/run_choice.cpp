#include "cli/run_choice.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "base/when.h"
#include "history/run_names.h"

namespace mlpipe {

namespace {

TimePoint moment_of(const std::string& text, const char* option) {
  const auto moment = parse_moment(text, now());
  if (!moment)
    fail(ErrorKind::usage, "{} '{}': expected {}", option, printable(text), moment_forms);
  return *moment;
}

/// In any letter case: people type `--status failed`.
Status status_of(const std::string& text) {
  std::vector<std::string> known;
  std::vector<std::string> small_ones;
  for (const Status status : all_statuses) {
    known.emplace_back(to_text(status));
    small_ones.push_back(lower_case(known.back()));
    if (small_ones.back() == lower_case(text)) return status;
  }
  std::string guess = nearest(lower_case(text), small_ones);
  for (const auto& status : known)
    if (lower_case(status) == guess) guess = fmt::format(" (did you mean '{}'?)", status);
  fail(ErrorKind::usage, "--status {}: there is no such status{}; there are {}", printable(text),
       guess, fmt::join(known, ", "));
}

}  // namespace

RunQuery::Tag tag_of(const std::string& text) {
  const auto equals = text.find('=');
  if (text.empty() || equals == 0)
    fail(ErrorKind::usage, "'{}' cannot be a tag: expected NAME or NAME=VALUE", printable(text));
  RunQuery::Tag tag{.name = text.substr(0, equals)};
  if (equals != std::string::npos) tag.value = text.substr(equals + 1);
  return tag;
}

RunQuery query_of(const Arguments& arguments, OpenedHistory& opened) {
  RunQuery query{.experiment = arguments.experiment,
                 .pipeline = arguments.pipeline,
                 .endpoint = arguments.endpoint,
                 .deleted = arguments.deleted,
                 .limit = arguments.limit,
                 .now = now()};
  if (!query.experiment.empty())
    require_name(NameKind::experiment, query.experiment, opened.history);
  if (!query.pipeline.empty()) require_name(NameKind::pipeline, query.pipeline, opened.history);
  if (!query.endpoint.empty()) require_name(NameKind::endpoint, query.endpoint, opened.history);
  for (const auto& text : arguments.statuses) query.statuses.push_back(status_of(text));
  for (const auto& text : arguments.tags) {
    query.tags.push_back(tag_of(text));
    require_name(NameKind::tag, query.tags.back().name, opened.history);
  }
  if (!arguments.since.empty()) query.since = moment_of(arguments.since, "--since");
  if (!arguments.until_moment.empty()) query.until = moment_of(arguments.until_moment, "--until");
  if (!arguments.before.empty()) query.before = opened.find_run(arguments.before).key;
  for (const auto& text : arguments.where)
    for (auto& condition : parse_conditions(
             text, "--where", query.now,
             [&opened](std::string_view name) { return fields_named(name, opened.history); }))
      query.where.push_back(std::move(condition));
  constexpr std::size_t most_conditions = 100;  // a database's expressions cannot nest without end
  if (query.where.size() + query.tags.size() > most_conditions)
    fail(ErrorKind::usage, "{} conditions are asked for, and more than {} are not accepted",
         query.where.size() + query.tags.size(), most_conditions);
  resolve_names(query.where, opened.history);
  for (const auto& run : opened.history.unfinished_runs())
    if (!opened.live.is_alive(run.key)) query.dead.push_back(run.key);
  return query;
}

bool has_filter(const Arguments& arguments) { return !filter_words(arguments).empty(); }

std::string filter_words(const Arguments& arguments) {
  std::string words;
  const auto add = [&words](std::string_view option, const std::string& value) {
    if (!value.empty()) words += fmt::format(" {} {}", option, shell_quoted(value));
  };
  add("--experiment", arguments.experiment);
  add("--pipeline", arguments.pipeline);
  add("--endpoint", arguments.endpoint);
  for (const auto& value : arguments.statuses) add("--status", value);
  for (const auto& value : arguments.tags) add("--tag", value);
  add("--since", arguments.since);
  add("--until", arguments.until_moment);
  for (const auto& value : arguments.where) add("--where", value);
  if (arguments.deleted) words += " --deleted";
  return words;
}

std::vector<RunRecord> named_runs(const std::vector<std::string>& ids, OpenedHistory& opened) {
  std::vector<RunRecord> runs;
  for (const auto& id : ids) {
    auto run = opened.find_run(id);
    if (std::none_of(runs.begin(), runs.end(),
                     [&run](const RunRecord& other) { return other.key == run.key; }))
      runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace mlpipe
