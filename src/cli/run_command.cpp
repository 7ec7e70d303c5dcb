#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/error.h"
#include "base/work_time.h"
#include "cli/commands.h"
#include "cli/console_reporter.h"
#include "cli/json_reporter.h"
#include "cli/requests.h"
#include "cli/run_stats.h"
#include "cli/step_shell.h"
#include "cli/tracing_reporter.h"
#include "engine/run_pipeline.h"

namespace mlpipe {

namespace {

RunRequest request_of(const Arguments& arguments) {
  auto opening = opening_of(arguments);
  const auto recorded = opening.recorded;
  RunRequest request{
      .spec_file = std::move(opening.spec_file),
      .overrides = std::move(opening.overrides),
      .workspace = std::move(opening.workspace),
      .selection = selection_of(arguments, recorded.get()),
      .everything_local = arguments.everything_local,
      .most_steps = arguments.most_steps,
      .continue_on_step_failure = arguments.continue_on_step_failure ||
                                  (recorded && recorded->asked.continue_on_step_failure),
      .keep_directories = arguments.keep,
      .refetch = arguments.refetch,
      .trace_inputs = arguments.trace_inputs,
      .command_line = arguments.command_line,
      .recorded = recorded};
  for (const auto& step : arguments.streamed)
    if (step != "*") request.watched_steps.push_back(step);
  for (const auto& tag : arguments.tags) {
    const auto equals = tag.find('=');
    request.tags[tag.substr(0, equals)] = equals == std::string::npos ? "" : tag.substr(equals + 1);
  }
  return request;
}

int exit_code_of(const RunResult& result) {
  if (result.signal != 0) return 128 + result.signal;
  if (result.summary.system_failed) return 3;
  return result.summary.run.status == Status::completed ? 0 : 1;
}

/// Of this process up to now.
Duration processor_time() {
  struct timespec time {};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::duration_cast<Duration>(std::chrono::seconds(time.tv_sec) +
                                              std::chrono::nanoseconds(time.tv_nsec));
}

Duration sum_of_parts(const RunStats& stats) {
  return stats.comparing + stats.reading + stats.fetching + stats.planning + stats.executing +
         stats.git;
}

}  // namespace

int run_command(const Arguments& arguments) {
  if (arguments.opens_shell) return open_step_shell(arguments);
  if (arguments.dry_run && (arguments.stats || !arguments.trace_file.empty()))
    fail(ErrorKind::usage, "--dry-run runs nothing, of which {} could tell",
         arguments.stats ? "--stats" : "--trace");
  if (arguments.dry_run) return plan_command(arguments);
  // A reader that goes away (`| head`) must not end a run that trains for hours.
  (void)std::signal(SIGPIPE, SIG_IGN);
  std::unique_ptr<Reporter> reporter;
  if (arguments.json && !arguments.streamed.empty())
    fail(ErrorKind::usage,
         "--stream and --json cannot be used together (the JSON event step_changed names the log "
         "file)");
  if (arguments.quiet && (arguments.json || !arguments.streamed.empty()))
    fail(ErrorKind::usage, "--quiet and {} cannot be used together",
         arguments.json ? "--json" : "--stream");
  if (arguments.json)
    reporter = std::make_unique<JsonReporter>();
  else
    reporter = std::make_unique<ConsoleReporter>(
        ConsoleReporter::Options{.streamed = arguments.streamed,
                                 .this_command = command_to_repeat(arguments),
                                 .keeps_directories = arguments.keep,
                                 .is_quiet = arguments.quiet});
  std::optional<TracingReporter> tracing;
  if (!arguments.trace_file.empty()) {
    check_trace_file(arguments.trace_file);  // hours later were too late to say no
    tracing.emplace(*reporter);
  }
  if (arguments.stats || tracing) measure_work(tracing.has_value());
  MeasuredRun measured{.start = processor_time()};
  TimePoint mark = now();
  const RunResult result = run_pipeline(request_of(arguments), tracing ? *tracing : *reporter);
  measured.closing = lap(mark) - sum_of_parts(result.stats);
  measured.stats = result.stats;
  measured.work = measured_work();
  if (tracing) tracing->write(arguments.trace_file, result, measured.work);
  if (arguments.stats) std::fputs(stats_text(measured).c_str(), stderr);
  return exit_code_of(result);
}

}  // namespace mlpipe
