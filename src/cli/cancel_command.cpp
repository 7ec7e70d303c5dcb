#include <fmt/format.h>

#include <cerrno>
#include <csignal>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/opened_history.h"

namespace mlpipe {

int cancel_command(const Arguments& arguments) {
  OpenedHistory opened(arguments);
  const RunRecord run = opened.find_run(arguments.run);
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
