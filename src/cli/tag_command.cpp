// Commands that say something about a run: tag, pin.
#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "cli/run_choice.h"
#include "cli/run_columns.h"

namespace mlpipe {

namespace {

void remove_tags(OpenedHistory& opened, const RunRecord& run,
                 const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const auto& [name, value] : run.tags) known.push_back(name);
  for (const auto& name : names)
    if (!opened.history.remove_tag(run.key, name))
      fail(ErrorKind::not_found, "run {} has no tag '{}'{}; its tags are unchanged", run.id,
           printable(name), did_you_mean(name, known));
}

}  // namespace

int tag_command(const Arguments& arguments) {
  if (arguments.names.empty() && arguments.remove.empty())
    fail(ErrorKind::usage, "mlpipe tag needs a tag: NAME, NAME=VALUE or --remove NAME");
  std::vector<RunQuery::Tag> tags;
  for (const auto& text : arguments.names) tags.push_back(tag_of(text));
  OpenedHistory opened(arguments, Database::Mode::read_write);
  RunRecord run = opened.find_run(arguments.run);
  if (run.deleted != TimePoint{})
    fail(ErrorKind::usage, "run {} was deleted {}: it cannot be tagged; nothing was changed",
         run.id, local_time_text(run.deleted));
  opened.history.database().make_commits_durable();
  opened.history.begin_batch();
  remove_tags(opened, run, arguments.remove);
  for (const auto& tag : tags) opened.history.set_tag(run.key, tag.name, tag.value.value_or(""));
  opened.history.commit_batch();
  run = opened.find_run(run.id);
  if (arguments.json)
    fmt::print("{}\n", json_document({{"run_id", run.id}, {"tags", run.tags}}));
  else
    fmt::print("run {}: {}\n", run.id,
               run.tags.empty() ? "no tags" : "tags " + printable(joined_values(run.tags)));
  return 0;
}

int pin_command(const Arguments& arguments) {
  OpenedHistory opened(arguments, Database::Mode::read_write);
  const bool pinned = !arguments.unpin;
  opened.history.database().make_commits_durable();
  opened.history.begin_batch();
  const auto runs = named_runs(arguments.runs, opened);
  for (const auto& run : runs) {
    if (run.deleted != TimePoint{})
      fail(ErrorKind::usage, "cannot pin run {}: it was deleted, {}; nothing was changed", run.id,
           local_time_text(run.deleted));
    opened.history.set_pinned(run.key, pinned);
  }
  opened.history.commit_batch();
  nlohmann::json list = nlohmann::json::array();
  for (const auto& run : runs) list.push_back({{"run_id", run.id}, {"pinned", pinned}});
  if (arguments.json) {
    fmt::print("{}\n", json_document({{"runs", list}}));
    return 0;
  }
  for (const auto& run : runs)
    fmt::print("run {} is {}\n", run.id,
               pinned ? "pinned: it is kept until `mlpipe pin --remove`" : "pinned no longer");
  return 0;
}

}  // namespace mlpipe
