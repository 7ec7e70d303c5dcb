#include <fmt/format.h>

#include <cerrno>
#include <csignal>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"
#include "engine/deliverer.h"

namespace mlpipe {

namespace {

int tell_canceled(const RunRecord& run, const Arguments& arguments) {
  if (arguments.json)
    fmt::print("{}\n", json_document({{"run_id", run.id}, {"status", "Canceled"}}));
  else
    fmt::print("run {} is canceled: it had not begun\n", run.id);
  return 0;
}

}  // namespace

int cancel_command(const Arguments& arguments) {
  OpenedHistory opened(arguments);
  RunRecord run = opened.find_run(arguments.run);
  if (run.status == Status::queued) {
    OpenedHistory writing(arguments, Database::Mode::read_write);
    if (writing.history.cancel_queued(run.key, now())) {
      start_deliverer(writing.history, writing.state, writing.workspace.root);
      return tell_canceled(run, arguments);
    }
    run = opened.find_run(run.id);  // it has begun meanwhile
  }
  if (run.status == Status::not_responding)
    fail(ErrorKind::usage,
         "cannot cancel run {}: it is not running any more, since its `mlpipe run` was killed or "
         "crashed",
         run.id);
  if (is_final(run.status))
    fail(ErrorKind::usage, "cannot cancel run {}: it is {} already", run.id, to_text(run.status));
  // The run's lock is held, so its driver lives and the process number is still its own.
  if (::kill(static_cast<pid_t>(run.pid), SIGTERM) != 0)
    fail_errno(errno,
               fmt::format("cannot cancel run {} (process {} on {})", run.id, run.pid, run.host));
  if (arguments.json)
    fmt::print("{}\n", json_document({{"run_id", run.id}, {"status", "CancelRequested"}}));
  else
    fmt::print("run {} was asked to end\n", run.id);
  return 0;
}

}  // namespace mlpipe
