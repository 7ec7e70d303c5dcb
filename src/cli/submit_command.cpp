#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <set>
#include <thread>

#include "base/error.h"
#include "base/signals.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/opened_endpoints.h"
#include "cli/requests.h"
#include "cli/run_choice.h"
#include "engine/run_queue.h"
#include "engine/submit_run.h"
#include "engine/unfinished_runs.h"

namespace mlpipe {

namespace {

using namespace std::chrono_literals;

SubmitRequest submit_request_of(const Arguments& arguments) {
  const auto overrides = overrides_of(arguments);
  SubmitRequest request{
      .submission = {.endpoint = arguments.endpoint,
                     .version = arguments.endpoint_version,
                     .spec_file = {},
                     .parameters = overrides.parameters,
                     .inputs = overrides.inputs,
                     .experiment = overrides.experiment_name,
                     .tags = {},
                     .compute_target = overrides.compute_target,
                     .continue_on_step_failure = arguments.continue_on_step_failure,
                     .regenerate_outputs = arguments.regenerate_outputs},
      .idempotency_key = arguments.idempotency_key,
      .command_line = arguments.command_line};
  for (const auto& text : arguments.tags) {
    const auto tag = tag_of(text);
    request.submission.tags[tag.name] = tag.value.value_or("");
  }
  return request;
}

/// "Completed in 3 s: 1 ran, 2 reused": how a run ended that another process drove.
std::string ending_text(const RunRecord& run, const std::vector<StepRunRecord>& steps,
                        History& history) {
  std::size_t reused = 0;
  std::size_t completed = 0;
  std::set<std::string> from;
  for (const auto& step : steps) {
    if (step.status == Status::completed) ++completed;
    if (!step.reused) continue;
    ++reused;
    if (step.result)
      if (const auto result = history.find_result(*step.result)) from.insert(result->run_id);
  }
  auto text =
      fmt::format("{} in {}", to_text(run.status), duration_text(run.finished - run.started));
  if (!steps.empty() && reused == steps.size())
    return text + fmt::format(": nothing was to be done, {} of {} steps reused from {}", reused,
                              steps.size(),
                              from.size() == 1 ? "run " + *from.begin() : "earlier runs");
  text +=
      fmt::format(": {} of {} steps completed, {} of them reused", completed, steps.size(), reused);
  if (!run.message.empty()) text += "\n" + run.message;
  return text;
}

int exit_code_of(Status status) {
  switch (status) {
    case Status::completed:
      return 0;
    case Status::canceled:
      return 130;
    case Status::not_responding:
      return 3;
    default:
      return 1;
  }
}

/// Until the run has ended, or a signal came: then its number.
int wait_for(RunRecord& run, OpenedEndpoints& opened) {
  std::atomic<int> signal{0};
  const SignalWatch signals([&signal](int number) { signal = number; });
  auto pause = 10ms;
  auto shown = Status::queued;
  for (int looks = 0; signal == 0; ++looks) {
    run = opened.history.find_run(run.id);
    if (is_final(run.status)) return 0;
    if (run.status != shown) fmt::print(stderr, "run {} is {}\n", run.id, to_text(run.status));
    shown = run.status;
    if (looks % 20 == 19) {  // whoever worked the queue off, or drove the run, may have been killed
      close_dead_runs(opened.history, LiveRuns(opened.state.run_locks(), LockFile::OnlyLook{}));
      start_queue_workers(opened.workspace, opened.state, opened.history, 1);
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds(500));
  }
  return signal;
}

nlohmann::json json_of(const AcceptedRun& accepted, const RunRecord& run) {
  const auto property = [&run](const char* name) {
    const auto found = run.properties.find(name);
    return found == run.properties.end() ? std::string() : found->second;
  };
  return {{"run_id", accepted.run_id},
          {"status", to_text(run.status)},
          {"made", accepted.made},
          {"endpoint", property("mlpipe.endpoint")},
          {"version", property("mlpipe.endpoint_version")}};
}

}  // namespace

int submit_command(const Arguments& arguments) {
  if (arguments.idempotency_key.empty() && arguments.has_idempotency_key)
    fail(ErrorKind::usage, "--idempotency-key is empty: no run would be the same as another one");
  if (arguments.waits && std::getenv("MLPIPE_STEP") != nullptr)
    fail(ErrorKind::usage,
         "--wait within a step would wait for what begins when the run of the step has ended");
  OpenedEndpoints opened(arguments, Database::Mode::read_write);
  auto request = submit_request_of(arguments);
  request.submission =
      with_parameter_files(std::move(request.submission), overrides_of(arguments).parameter_files,
                           opened.workspace, opened.history);
  const auto accepted = submit_run(request, opened.workspace);
  // First its id: the run is promised, whatever becomes of the rest.
  if (!arguments.json) {
    fmt::print("{}\n", accepted.run_id);
    std::fflush(stdout);
  }
  try {
    start_queue_workers(opened.workspace, opened.state, opened.history, 1);
  } catch (const Error& error) {
    fmt::print(stderr, "warning: the run is queued, and nothing was started: {}\n", error.what());
  }
  RunRecord run = opened.history.find_run(accepted.run_id);
  if (arguments.waits)
    if (const int signal = wait_for(run, opened); signal != 0) {
      fmt::print(stderr, "run {0} goes on in the background; `mlpipe cancel {0}` ends it\n",
                 run.id);
      return 128 + signal;
    }
  if (arguments.json) fmt::print("{}\n", json_document(json_of(accepted, run)));
  if (!arguments.waits) return 0;
  if (!arguments.json)
    fmt::print(stderr, "{}\n", ending_text(run, opened.history.steps_of(run.key), opened.history));
  return exit_code_of(run.status);
}

}  // namespace mlpipe
