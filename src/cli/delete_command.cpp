#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "cli/run_choice.h"
#include "engine/deliverer.h"
#include "engine/unfinished_runs.h"

namespace mlpipe {

namespace {

void refuse_undeletable(const RunRecord& run) {
  if (run.deleted != TimePoint{})
    fail(ErrorKind::usage, "cannot delete run {}: it was deleted already, {}; nothing was changed",
         run.id, local_time_text(run.deleted));
  if (run.pinned)
    fail(ErrorKind::usage,
         "cannot delete run {0}: it is pinned (`mlpipe pin --remove {0}` ends that); nothing was "
         "deleted",
         run.id);
  if (!is_final(run.status))
    fail(ErrorKind::usage,
         "cannot delete run {0}: it {1} (`mlpipe cancel {0}` ends it); nothing was deleted", run.id,
         run.status == Status::queued ? "is queued" : "is running");
}

bool is_confirmed(const std::vector<RunRecord>& runs) {
  for (const auto& run : runs)
    fmt::print(stderr, "  {}  {}  {}  {}\n", run.id, local_time_text(run.started),
               to_text(run.status), printable(run.pipeline));
  fmt::print(stderr, "Delete {}? [y/N] ",
             runs.size() == 1 ? std::string("this run") : counted(runs.size(), "run"));
  std::fflush(stderr);
  std::array<char, 64> answer{};
  if (std::fgets(answer.data(), answer.size(), stdin) == nullptr) return false;
  const auto word = trim(answer.data());
  return word == "y" || word == "Y" || word == "yes";
}

}  // namespace

int delete_command(const Arguments& arguments) {
  OpenedHistory opened(arguments, Database::Mode::read_write);
  // One that nobody drives any more is not going on.
  close_dead_runs(opened.history, opened.live);
  start_deliverer(opened.history, opened.state, opened.workspace.root);
  for (const auto& run : named_runs(arguments.runs, opened)) refuse_undeletable(run);
  if (!arguments.yes) {
    if (::isatty(STDIN_FILENO) == 0)
      fail(ErrorKind::usage,
           "cannot ask whether to delete, since stdin is no terminal: add --yes; nothing was "
           "deleted");
    if (!is_confirmed(named_runs(arguments.runs, opened))) {
      fmt::print(stderr, "nothing was deleted\n");
      return 1;
    }
  }
  opened.history.database().make_commits_durable();
  opened.history.begin_batch();
  auto runs = named_runs(arguments.runs, opened);  // as they are in this transaction
  std::vector<RunKey> keys;
  for (const auto& run : runs) {
    refuse_undeletable(run);
    keys.push_back(run.key);
  }
  const TimePoint at = now();
  const auto withdrawn = opened.history.delete_runs(keys, at);
  opened.history.commit_batch();
  nlohmann::json list = nlohmann::json::array();
  for (const auto& run : runs) list.push_back({{"run_id", run.id}, {"deleted", json_time(at)}});
  if (arguments.json) {
    fmt::print("{}\n", json_document({{"runs", list}, {"results_withdrawn", withdrawn}}));
    return 0;
  }
  for (const auto& run : runs)
    fmt::print("run {0} is deleted; `mlpipe show {0}` still shows what happened\n", run.id);
  if (withdrawn > 0) fmt::print("{} will not be reused any more\n", counted(withdrawn, "result"));
  return 0;
}

}  // namespace mlpipe
