#include "engine/planning_world.h"

#include <fmt/format.h>

#include "base/text.h"
#include "engine/changed_assets.h"
#include "engine/left_jobs.h"
#include "engine/write_back.h"

namespace mlpipe {

namespace {

std::optional<TemporaryFolder> stand_in(const StateDirectory& state) {
  return state.exists() ? std::optional<TemporaryFolder>()
                        : std::optional<TemporaryFolder>(std::in_place);
}

StateDirectory used(const StateDirectory& state, const std::optional<TemporaryFolder>& no_state) {
  return no_state ? StateDirectory{no_state->path()} : state;
}

/// A place that has the run's id in it: each run has its own.
bool is_of_one_run(const Step& step, const std::string& output) {
  for (const auto& each : step.outputs)
    if (each.name == output) return path_in_run(each.path, "") != *each.path;
  return false;
}

}  // namespace

PlanningWorld::PlanningWorld(const OpenedPipeline& opened)
    : opened_(opened),
      state_{opened.workspace.state_directory},
      no_state_(stand_in(state_)),
      history_(no_state_ ? nullptr
                         : std::make_unique<History>(state_.database(), Database::Mode::read_only)),
      store_(used(state_, no_state_).objects(), used(state_, no_state_).scratch()),
      stats_(state_.stat_cache()),
      interpreters_(state_.interpreter_cache(), run_process,
                    as_list(base_environment(opened.caller))),
      machines_(state_.root, opened.workspace.compute_targets),
      facts_({.pipeline = opened.pipeline,
              .places = opened.places,
              .caller = opened.caller,
              .cache = stats_,
              .pool = pool_,
              .interpreters = interpreters_,
              .machines = &machines_}),
      resolver_(opened.pipeline, facts_, history_.get(), store_, &machines_) {}

std::vector<PlannedStep> PlanningWorld::plan(const std::vector<StepRule>& rules) {
  if (opened_.recorded) require_sources(opened_.pipeline, rules, store_);
  return plan_steps(opened_.pipeline, opened_.graph, rules, resolver_, facts_,
                    {.use = PlanUse::look});
}

std::vector<std::string> PlanningWorld::changed_assets(const std::vector<StepRule>& rules) {
  return mlpipe::changed_assets(opened_.pipeline, rules, facts_, history_.get());
}

std::string PlanningWorld::taken_up_text(StepId step, const StepRule& rule,
                                         const PlannedStep& planned) {
  const auto& target = *opened_.places.of(step).target;
  if (!history_ || !target.ssh || planned.decision != PlannedStep::Decision::run ||
      rule.lookup != Lookup::allowed)
    return {};
  const LiveRuns live(state_.run_locks(), LockFile::OnlyLook{});
  for (const auto& job : history_->jobs_elsewhere())
    if (job.machine == machine_name(target) && job.job == planned.resolution.fingerprint.hex() &&
        !live.is_alive(job.run))
      return fmt::format(
          "run {} left it on compute target '{}': if it still runs there, or has ended well, "
          "`mlpipe "
          "run` takes it up",
          job.run_id, printable(target.name));
  return {};
}

std::vector<std::string> PlanningWorld::left_jobs(const std::vector<StepRule>& rules,
                                                  const std::vector<PlannedStep>& plan) {
  if (!history_) return {};
  ExpectedJobs expected;
  for (std::size_t i = 0; i < plan.size(); ++i)
    if (const auto& target = *opened_.places.of({i}).target;
        target.ssh && plan[i].decision == PlannedStep::Decision::run &&
        rules[i].lookup == Lookup::allowed)
      expected.jobs.emplace(machine_name(target), plan[i].resolution.fingerprint.hex());
  return notices_of_left_jobs(*history_, LiveRuns(state_.run_locks(), LockFile::OnlyLook{}),
                              machines_, {}, expected, state_.step_locks());
}

std::optional<PlanningWorld::Compared> PlanningWorld::compared_with(StepId step) {
  if (!history_) return std::nullopt;
  const auto last = history_->last_completed(opened_.pipeline.name, opened_.pipeline[step].name);
  if (!last) return std::nullopt;
  return Compared{history_->run_id(last->run), last->finished};
}

std::vector<PlanningWorld::FoundPlace> PlanningWorld::misplaced_outputs(
    StepId step, const PlannedStep& planned) {
  std::vector<FoundPlace> found;
  if (!history_ || planned.decision != PlannedStep::Decision::reuse) return found;
  for (const auto& what :
       write_backs(opened_.pipeline[step], planned.resolution.hit->outputs, "", *history_)) {
    if (is_of_one_run(opened_.pipeline[step], what.output)) continue;
    const auto state = look_at_place(what, store_, stats_, pool_).state;
    if (state != PublishedPlace::State::holds) found.push_back({what.output, what.path, state});
  }
  return found;
}

std::optional<Duration> PlanningWorld::last_duration(StepId step) {
  if (!history_) return std::nullopt;
  const auto last = history_->last_completed(opened_.pipeline.name, opened_.pipeline[step].name);
  if (!last || !last->result) return std::nullopt;
  const auto result = history_->find_result(*last->result);
  return result ? std::optional<Duration>(result->duration) : std::nullopt;
}

}  // namespace mlpipe
