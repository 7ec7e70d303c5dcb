#include "engine/run_pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/signals.h"
#include "engine/changed_assets.h"
#include "engine/deliverer.h"
#include "engine/distribution.h"
#include "engine/end_of_run.h"
#include "engine/fetch_inputs.h"
#include "engine/git_record.h"
#include "engine/left_jobs.h"
#include "engine/opened_pipeline.h"
#include "engine/outside_programs.h"
#include "engine/publish_pipeline.h"
#include "engine/record_run.h"
#include "engine/registered_outputs.h"
#include "engine/remote_sites.h"
#include "engine/request_key.h"
#include "engine/reused_run.h"
#include "engine/run_memory.h"
#include "engine/run_unchanged.h"
#include "engine/run_world.h"
#include "engine/scheduler.h"
#include "engine/unfinished_copy.h"
#include "engine/unfinished_runs.h"
#include "history/live_runs.h"
#include "target/local_target.h"

namespace mlpipe {

namespace {

/// What is asked of git first of all, since the answer takes a while. Nothing where it is the code
/// that was recorded which counts.
struct AskedRun {
  /// `asked`: whom the same may have been asked already; or null.
  AskedRun(const OpenedPipeline& opened, const RunRequest& run_request,
           std::unique_ptr<GitInBackground> asked)
      : request(run_request) {
    if (request.recorded) return;
    const bool with_diff = opened.workspace.record_git_diff;
    auto folders = git_folders(opened.pipeline);
    git = asked && asked->was_asked(folders, with_diff)
              ? std::move(asked)
              : std::make_unique<GitInBackground>(std::move(folders), with_diff);
  }

  const RunRequest& request;
  std::unique_ptr<GitInBackground> git;
  bool git_is_recorded = false;
};

/// All that one run works with.
struct World : AskedRun, RunWorld {
  World(OpenedPipeline& opened_pipeline, const RunRequest& run_request,
        std::unique_ptr<GitInBackground> asked)
      : AskedRun(opened_pipeline, run_request, std::move(asked)),
        RunWorld(opened_pipeline),
        pipeline(opened_pipeline.pipeline) {}

  Pipeline& pipeline;  ///< The same, for the scheduler.
};

World world_of(OpenedPipeline& opened, const RunRequest& request,
               std::unique_ptr<GitInBackground> asked) {
  const LookRecorder::Pause aside;  // no plan hangs on what the state directory says of itself
  return World(opened, request, std::move(asked));  // NOLINT(modernize-return-braced-init-list)
}

void settle_what_the_killed_left(World& world) {
  close_dead_runs(world.history, world.live_runs);
  const LookRecorder::Pause aside;
  remove_unfinished_copies(world.state);
}

/// What an earlier run left on other machines. What this one may ask of them it asks.
std::vector<std::string> left_jobs(World& world, const std::vector<StepRule>& rules,
                                   const std::vector<PlannedStep>& plan) {
  std::set<std::string> used;
  ExpectedJobs expected;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const bool runs = plan[i].decision == PlannedStep::Decision::run;
    const auto& target = *world.opened.places.of({i}).target;
    if (!target.ssh || (!runs && plan[i].decision != PlannedStep::Decision::depends)) continue;
    used.insert(machine_name(target));
    if (runs && rules[i].lookup == Lookup::allowed)
      expected.jobs.emplace(machine_name(target), plan[i].resolution.fingerprint.hex());
    if (!runs)
      expected.undecided.emplace(machine_name(target), world.opened.pipeline.steps[i].name);
  }
  return notices_of_left_jobs(world.history, world.live_runs, world.machines, used, expected,
                              world.state.step_locks());
}

/// How long the steps that are known to run took the last time.
Duration expected_duration(World& world, const std::vector<PlannedStep>& plan) {
  Duration sum{};
  for (std::size_t i = 0; i < plan.size(); ++i) {
    if (plan[i].decision != PlannedStep::Decision::run &&
        plan[i].decision != PlannedStep::Decision::depends)
      continue;
    const auto last = world.history.last_completed(world.opened.pipeline.name,
                                                   world.opened.pipeline.steps[i].name);
    if (!last || !last->result) continue;
    if (const auto result = world.history.find_result(*last->result)) sum += result->duration;
  }
  return sum;
}

/// Before anything runs: a step is never executed with less isolation than it asks for.
void check_what_isolates(const World& world, const std::vector<PlannedStep>& plan) {
  std::vector<std::string> steps;
  for (std::size_t i = 0; i < plan.size(); ++i)
    if ((plan[i].decision == PlannedStep::Decision::run ||
         plan[i].decision == PlannedStep::Decision::depends) &&
        world.opened.pipeline.steps[i].is_isolated())
      steps.push_back(world.opened.pipeline.steps[i].name);
  if (!steps.empty()) check_isolation(world.opened.caller, steps);
}

/// Before anything runs, since hours may go by until it is the step's turn.
void check_what_distributes(const World& world, const std::vector<PlannedStep>& plan) {
  for (std::size_t i = 0; i < plan.size(); ++i)
    if (plan[i].decision == PlannedStep::Decision::run ||
        plan[i].decision == PlannedStep::Decision::depends)
      (void)mpi_starter(world.opened.pipeline.steps[i], world.opened.caller);
}

/// Of what is traced, only this machine's files are known.
void check_what_is_traced(const World& world) {
  for (std::size_t i = 0; i < world.opened.pipeline.steps.size(); ++i)
    if (const auto& target = *world.opened.places.of({i}).target; target.type != "local")
      fail(ErrorKind::usage,
           "--trace-inputs is for steps on this machine, and '{}' runs on the compute target '{}': "
           "add --local to trace it here",
           world.opened.pipeline.steps[i].name, target.name);
}

/// From now on others see that it goes on.
void record_begin(World& world, RunRecord& run) {
  // Now, if it is known soon: of a run that is killed people want it most.
  constexpr std::chrono::milliseconds patience{50};
  const GitState* git = world.git ? world.git->answer_within(patience) : nullptr;
  world.history.begin_batch();
  world.history.begin_run(run);
  world.pipeline.texts.clear();  // in the database now
  if (git != nullptr) record_git(*git, run.key, world.history);
  world.git_is_recorded = git != nullptr;
  world.live_runs.hold(run.key);  // before others see the run: they would take it for dead
  world.history.commit_batch();
}

std::vector<std::string> selected_steps(const World& world, const std::vector<StepRule>& rules) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < rules.size(); ++i)
    if (rules[i].selected) names.push_back(world.opened.pipeline.steps[i].name);
  return names;
}

RunOutcome execute(World& world, RunRecord& run, const std::vector<StepRule>& rules,
                   std::vector<PlannedStep> plan, Reporter& reporter) {
  record_begin(world, run);
  reporter.run_started(run, selected_steps(world, rules), expected_duration(world, plan));

  const auto traced_by =
      world.request.trace_inputs ? tracing_program(world.opened.caller) : std::filesystem::path();
  EventQueue<RunEvent> events;
  const SignalWatch signals([&events, &world](int signal) {
    events.push(CancelRequested{signal});
    world.machines.cancel_run();  // from here: events wait while a machine is reached
  });
  const JobEventSink to_queue = [&events](const JobEvent& event) {
    std::visit([&events](const auto& news) { events.push(news); }, event);
  };
  RemoteSites elsewhere(
      world, plan, world.request.most_steps, to_queue,
      [&events](const MachineNews& news) { events.push(news); },
      [&events](const TransferNews& news) { events.push(news); });
  StartGate gate(
      world.opened.pipeline, world.opened.places, world.opened.caller, world.request.most_steps,
      world.state.step_locks(),
      [&elsewhere](const ComputeTargetConfig& target) { return elsewhere.processors(target); });
  LocalTarget target(to_queue);
  const RunInBackground in_background = [&pool = world.pool](std::function<void()> work) {
    pool.run(std::move(work));
  };
  Scheduler scheduler({.pipeline = world.pipeline,
                       .graph = world.opened.graph,
                       .places = world.opened.places,
                       .state = world.state,
                       .caller = world.opened.caller,
                       .facts = world.facts,
                       .resolver = world.resolver,
                       .store = world.store,
                       .history = world.history,
                       .gate = gate,
                       .target = target,
                       .cache = world.stats,
                       .pool = world.pool,
                       .run_in_background = in_background,
                       .reporter = reporter,
                       .events = events,
                       .clock = now,
                       .elsewhere = [&elsewhere](StepId step) { return elsewhere.site_of(step); },
                       .machines = &world.machines,
                       .fetcher = &world.fetcher},
                      run, rules, std::move(plan),
                      {.continue_on_step_failure = world.request.continue_on_step_failure ||
                                                   world.opened.pipeline.continue_on_step_failure,
                       .keep_directories = world.request.keep_directories,
                       .traced_by = traced_by,
                       .workspace = world.opened.workspace.root});
  return scheduler.run_to_end();
}

/// A fully reused run still sees to it that every `path:` holds its output.
void write_back_reused(World& world, const RunRecord& run, const std::vector<PlannedStep>& plan,
                       RunOutcome& result, Reporter& reporter) {
  // Nobody else tells the reporter anything while this thread waits for what is fetched.
  world.machines.tell(
      {},
      [&reporter](const MachineNews& news) {
        if (!news.text.empty()) reporter.note("", news.text);
      },
      [&reporter](const TransferNews& news) {
        reporter.transfer_changed(news);
        reporter.tick();
      });
  for (std::size_t i = 0; i < plan.size(); ++i) {
    if (plan[i].decision != PlannedStep::Decision::reuse) continue;
    const Step& step = world.opened.pipeline.steps[i];
    for (auto& what : write_backs(step, plan[i].resolution.hit->outputs, run.id, world.history)) {
      what.machines = world.history.machines_with(what.object);
      const auto outcome = write_back_output(what, world.state, world.store, &world.fetcher,
                                             world.stats, world.pool);
      record_write_back(outcome, run.key, world.history);
      if (outcome.kind == WriteBackOutcome::Kind::failed) result.system_failed = true;
      if (!outcome.message.empty()) reporter.note(step.name, outcome.message);
      if (auto left = not_copied(step.name, outcome)) result.not_copied.push_back(std::move(*left));
    }
  }
}

RunOutcome reused_outcome(const std::vector<PlannedStep>& plan) {
  RunOutcome outcome;
  outcome.counts.reused =
      static_cast<std::size_t>(std::count_if(plan.begin(), plan.end(), [](const PlannedStep& step) {
        return step.decision == PlannedStep::Decision::reuse;
      }));
  outcome.counts.total = outcome.counts.reused;
  return outcome;
}

void record_end(World& world, RunRecord& run, const RunOutcome& outcome) {
  const bool due = world.git && !world.git_is_recorded;
  const GitState* git = due ? &world.git->answer() : nullptr;  // waits, as a batch must not
  world.history.begin_batch();
  if (git != nullptr) record_git(*git, run.key, world.history);
  for (const auto& object : world.resolver.renewed_objects())
    if (const auto stat = world.store.current_stat(object))
      world.history.remember_object(object, *stat);
  run.status = outcome.status;
  run.finished = now();
  world.history.finish_run(run.key, run.status, "", run.finished);
  world.history.commit_batch();
  world.stats.save();
  world.interpreters.save();
  remove_leftovers(world.state, world.history, world.live_runs, run.key, outcome.kept);
  start_what_waits(world.opened.workspace, world.state, world.history);
}

std::vector<PlannedStep> make_plan(World& world, const std::vector<StepRule>& rules,
                                   RunRecord& run) {
  auto plan = plan_steps(world.opened.pipeline, world.opened.graph, rules, world.resolver,
                         world.facts, {.use = PlanUse::run});
  keep_for_repetition(world, world.request, plan, run);
  return plan;
}

/// The first plan. The pipeline as JSON is recorded before: of many steps it is long, and gone
/// then.
std::vector<PlannedStep> plan_and_record(World& world, const std::vector<StepRule>& rules,
                                         const RememberedPlan* last, RunRecord& run) {
  const bool is_known = last != nullptr && world.history.has_text(last->resolved_spec);
  run = new_run(world.opened.pipeline, world.request,
                is_known ? std::optional(last->resolved_spec) : std::nullopt);
  if (!is_known) {
    run.known_spec = hash_bytes(run.resolved_spec);
    world.history.remember_text(*run.known_spec, std::exchange(run.resolved_spec, {}));
  }
  if (world.request.recorded) require_sources(world.opened.pipeline, rules, world.store);
  auto plan = plan_steps(world.opened.pipeline, world.opened.graph, rules, world.resolver,
                         world.facts, {.use = PlanUse::run, .before = last});
  keep_for_repetition(world, world.request, plan, run);
  return plan;
}

/// Without the scheduler if there is nothing to execute.
RunOutcome reuse_or_execute(World& world, RunRecord& run, const std::vector<StepRule>& rules,
                            std::vector<PlannedStep> plan, Reporter& reporter) {
  const Pipeline& pipeline = world.opened.pipeline;
  if (is_all_reused(plan)) {
    if (record_reused_run(run, pipeline, plan, world.history, world.live_runs, reporter)) {
      auto outcome = reused_outcome(plan);
      const bool registered =
          register_reused_outputs(pipeline, plan, run.key, world.history, reporter);
      write_back_reused(world, run, plan, outcome, reporter);
      if (!registered) outcome.system_failed = true;
      return outcome;
    }
    plan = make_plan(world, rules, run);  // and through the scheduler, whatever it is now
  }
  check_what_isolates(world, plan);
  check_what_distributes(world, plan);
  if (world.request.trace_inputs) {
    check_what_is_traced(world);
    check_tracing(world.opened.caller);
  }
  try {
    return execute(world, run, rules, std::move(plan), reporter);
  } catch (const Error& error) {
    record_abort(run.key, error.what(), world.state, world.history);
    start_deliverer(world.history, world.state, world.opened.workspace.root);
    throw;
  }
}

/// Told beside the plan: what may be different from what people think.
std::vector<std::string> notices_of_plan(World& world, const std::vector<StepRule>& rules,
                                         const std::vector<PlannedStep>& plan) {
  const auto& pipeline = world.opened.pipeline;
  auto notices = changed_assets(pipeline, rules, world.facts, &world.history);
  if (world.request.recorded)
    for (auto& notice : changed_since_recorded(*world.request.recorded, pipeline, world.facts))
      notices.push_back(std::move(notice));
  for (auto& notice : world.machines.take_untold()) notices.push_back(std::move(notice));
  for (auto& notice : left_jobs(world, rules, plan)) notices.push_back(std::move(notice));
  return notices;
}

RunSummary summary_of(const RunRecord& run, const RunOutcome& outcome, const RunRequest& request) {
  return {.run = run,
          .counts = outcome.counts,
          .failures = outcome.failures,
          .left_running = outcome.left_running,
          .kept = outcome.kept,
          .not_copied = outcome.not_copied,
          .system_failed = outcome.system_failed,
          .traced = request.trace_inputs,
          .traces = outcome.traces,
          .elapsed = run.finished - run.started};  // as `show` has it
}

/// The whole way, from the file to the record. What the next run may go by is remembered under
/// `key`, if there is one.
RunResult run_planned(const RunRequest& request, const std::optional<Hash>& key,
                      ComparedRun compared, Reporter& reporter) {
  RunResult result;
  RunMemory memory(key, compared.state, std::move(compared.seen));
  TimePoint mark = now();
  const TimePoint started = mark;
  OpenedPipeline opened({.spec_file = request.spec_file,
                         .overrides = request.overrides,
                         .workspace = request.workspace,
                         .everything_local = request.everything_local,
                         .recorded = request.recorded,
                         .key = key});
  memory.pipeline_is_read(opened);
  const auto rules = rules_for(opened.pipeline, opened.graph, request.selection);
  (void)steps_named(opened.pipeline, request.watched_steps);
  check_runnable(opened.pipeline, rules);
  for (const auto& notice : opened.notices()) reporter.note("", notice);
  result.stats.reading = lap(mark);

  const auto inputs = fetch_inputs(
      opened.pipeline, rules, opened.workspace,
      {.refetch = request.refetch, .records_use = true, .told = [&reporter](const FetchNews& news) {
         reporter.fetch_changed(news);
       }});
  result.signal = inputs.signal;
  if (result.signal != 0) return result;
  result.stats.fetching = lap(mark);

  World world = world_of(opened, request, std::move(compared.git));
  memory.world_is_there(world);
  settle_what_the_killed_left(world);
  start_deliverer(world.history, world.state, opened.workspace.root);
  RunRecord run;
  auto plan = plan_and_record(world, rules, memory.last_plan(), run);
  const auto notices = notices_of_plan(world, rules, plan);
  for (const auto& notice : notices) reporter.note("", notice);
  run.started = started;
  memory.plan_is_made(run, world, rules, plan, notices.empty() && is_all_reused(plan));
  result.stats.planning = lap(mark);

  const RunOutcome outcome = reuse_or_execute(world, run, rules, std::move(plan), reporter);
  result.stats.executing = lap(mark);

  record_end(world, run, outcome);
  if (outcome.counts.total > 0 && outcome.counts.reused == outcome.counts.total)
    memory.all_was_reused(run, world.state);
  result.stats.git = lap(mark);

  result.summary = summary_of(run, outcome, request);
  result.signal = outcome.status == Status::canceled ? outcome.signal : 0;
  reporter.run_finished(result.summary);
  return result;
}

}  // namespace

RunResult run_pipeline(const RunRequest& request, Reporter& reporter) {
  TimePoint mark = now();
  const auto key = request_key(request, own_environment());
  ComparedRun compared;
  if (key)
    if (auto result = run_unchanged(request, *key, reporter, compared)) return std::move(*result);
  const Duration comparing = lap(mark);
  auto result = run_planned(request, key, std::move(compared), reporter);
  result.stats.comparing = comparing;
  return result;
}

}  // namespace mlpipe
