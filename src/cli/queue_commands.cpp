// What submit starts in the background: the worker of the queue, and the drivers of its runs.
#include <csignal>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/console_reporter.h"
#include "cli/opened_endpoints.h"
#include "engine/run_pipeline.h"
#include "engine/run_queue.h"
#include "engine/submit_run.h"

namespace mlpipe {

int work_queue_command(const Arguments& arguments) {
  QueueWorker(chosen_workspace(arguments)).work();
  return 0;
}

int run_queued_command(const Arguments& arguments) {
  OpenedEndpoints opened(arguments, Database::Mode::read_write);
  const auto run = opened.history.find_run(arguments.run);
  const DriverLocks locks(opened.state, run.key);
  const auto submission = opened.submissions.find(run.key);
  if (!submission || run.status != Status::queued)
    fail(ErrorKind::usage, "run {} is not queued", run.id);
  ConsoleReporter reporter({.this_command = "mlpipe run --from-run " + run.id});
  const auto result =
      run_pipeline(request_of_submission(*submission, opened.workspace, opened.history), reporter);
  return result.summary.run.status == Status::completed ? 0 : 1;
}

}  // namespace mlpipe
