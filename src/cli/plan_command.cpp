// Commands that look at a pipeline file and change nothing: validate, plan, why (of a file).
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/fetch_progress.h"
#include "cli/json_text.h"
#include "cli/requests.h"
#include "cli/run_why.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "engine/planning_world.h"

namespace mlpipe {

namespace {

using Decision = PlannedStep::Decision;
using nlohmann::json;

void print_notices(const std::vector<std::string>& notices) {
  for (const auto& notice : notices) std::fputs(for_locale(notice + "\n").c_str(), stderr);
}

std::string_view word_of(Decision decision) {
  switch (decision) {
    case Decision::unselected:
      return "left out";
    case Decision::reuse:
      return "reuse";
    case Decision::run:
      return "run";
    case Decision::depends:
      return "depends";
  }
  return {};
}

Colour colour_of(Decision decision) {
  switch (decision) {
    case Decision::unselected:
      return Colour::grey;
    case Decision::reuse:
      return Colour::green;
    case Decision::run:
      return Colour::yellow;
    case Decision::depends:
      return Colour::blue;
  }
  return Colour::plain;
}

/// A plan with all that is printed about it.
struct ToldPlan {
  std::vector<PlannedStep> steps;
  std::vector<std::optional<Duration>> durations;
  std::vector<std::optional<PlanningWorld::Compared>> compared;
  int signal = 0;  ///< Cancelled while inputs were fetched: nothing is planned.
  std::vector<std::string> notices;
  std::vector<std::vector<PlanningWorld::FoundPlace>> misplaced;  ///< Of reused steps.
  std::size_t due = 0;                                            ///< Steps that run, or may.
  std::size_t copies = 0;  ///< Outputs of reused steps that are to be copied to their `path:`.
  Duration expected{};     ///< Of those, as far as it is known.
};

ToldPlan make_plan(OpenedPipeline& opened, const Arguments& arguments) {
  ToldPlan told;
  const auto rules =
      rules_for(opened.pipeline, opened.graph, selection_of(arguments, opened.recorded.get()));
  FetchProgress progress;
  const auto inputs = fetch_inputs(opened.pipeline, rules, opened.workspace,
                                   {.refetch = arguments.refetch, .told = progress.told()});
  told.signal = inputs.signal;
  if (told.signal != 0) return told;
  PlanningWorld world(opened);
  told.steps = world.plan(rules);
  told.notices = opened.notices();
  for (auto& notice : world.changed_assets(rules)) told.notices.push_back(std::move(notice));
  for (auto& notice : world.left_jobs(rules, told.steps)) told.notices.push_back(std::move(notice));
  for (auto& notice : world.news_of_machines()) told.notices.push_back(std::move(notice));
  told.durations.resize(told.steps.size());
  told.compared.resize(told.steps.size());
  told.misplaced.resize(told.steps.size());
  for (std::size_t i = 0; i < told.steps.size(); ++i) {
    const auto decision = told.steps[i].decision;
    told.misplaced[i] = world.misplaced_outputs({i}, told.steps[i]);
    for (const auto& output : told.misplaced[i])
      if (why_kept(output.state).empty()) ++told.copies;
    if (decision != Decision::run && decision != Decision::depends) continue;
    ++told.due;
    if (const auto text = world.taken_up_text({i}, rules[i], told.steps[i]); !text.empty())
      told.steps[i].reason += "\n" + text;
    told.durations[i] = world.last_duration({i});
    told.compared[i] = world.compared_with({i});
    if (told.durations[i]) told.expected += *told.durations[i];
  }
  return told;
}

std::string misplaced_text(const PlanningWorld::FoundPlace& output) {
  const auto name = printable(output.output);
  const auto path = printable(output.path.native());
  if (const auto why = why_kept(output.state); !why.empty())
    return fmt::format("output '{}' is not copied to '{}': what is there {}", name, path, why);
  const bool is_there = output.state == PublishedPlace::State::other;
  return fmt::format("output '{}' will be copied to '{}'{}", name, path,
                     is_there ? ", where another result of mlpipe's is" : " again");
}

/// "on gpu-box" of a step that would run on another machine.
std::string machine_text(const OpenedPipeline& opened, const ToldPlan& told, StepId step) {
  const auto decision = told.steps[step.index].decision;
  const auto& target = *opened.places.of(step).target;
  if (!target.ssh || (decision != Decision::run && decision != Decision::depends)) return {};
  return fmt::format("on {}", printable(target.name));
}

json step_json(const OpenedPipeline& opened, const ToldPlan& told, std::size_t i) {
  json step = {{"step", opened.pipeline.steps[i].name},
               {"decision", word_of(told.steps[i].decision)},
               {"reason", told.steps[i].reason},
               {"compute_target", opened.places.of({i}).target->name},
               {"expected_seconds", nullptr},
               {"compared_with", nullptr}};
  if (told.compared[i]) step["compared_with"] = told.compared[i]->run_id;
  if (told.durations[i]) step["expected_seconds"] = json_seconds(*told.durations[i]);
  step["misplaced_outputs"] = json::array();
  for (const auto& output : told.misplaced[i])
    step["misplaced_outputs"].push_back({{"output", output.output},
                                         {"path", output.path.native()},
                                         {"will_be_copied", why_kept(output.state).empty()},
                                         {"text", misplaced_text(output)}});
  if (const auto& hit = told.steps[i].resolution.hit) step["run_id"] = hit->run_id;
  if (!told.steps[i].resolution.manifest.empty())
    step["fingerprint"] = told.steps[i].resolution.fingerprint.hex();
  return step;
}

void print_total(const ToldPlan& told) {
  const auto selected = static_cast<std::size_t>(
      std::count_if(told.steps.begin(), told.steps.end(),
                    [](const PlannedStep& step) { return step.decision != Decision::unselected; }));
  const std::string copies = told.copies == 0 ? "" : counted(told.copies, "output") + " to copy";
  const std::string all = selected == 1 ? "the step" : fmt::format("all {} steps", selected);
  if (told.due > 0)
    fmt::print("{} of {} due{}{}\n", told.due, counted(selected, "step"),
               told.expected > Duration{}
                   ? fmt::format(", about {} of work", duration_text(told.expected))
                   : "",
               copies.empty() ? "" : "; " + copies);
  else if (!copies.empty())
    fmt::print("{}: {} would be reused\n", copies, all);
  else
    fmt::print("nothing to do: {} would be reused\n", all);
}

void print_plan(const OpenedPipeline& opened, const ToldPlan& told) {
  const Terminal out(1);
  Table table({{"", Table::Align::left, true}, {}, {}, {"", Table::Align::left, true, true}});
  for (const StepId id : opened.graph.order()) {
    const auto& planned = told.steps[id.index];
    if (planned.decision == Decision::unselected) continue;
    std::string reason = planned.reason;
    for (const auto& output : told.misplaced[id.index]) reason += "\n" + misplaced_text(output);
    table.add({{opened.pipeline[id].name},
               {std::string(word_of(planned.decision)), colour_of(planned.decision)},
               {machine_text(opened, told, id)},
               {reason}});
  }
  fmt::print("{}", table.text(out));
  print_total(told);
}

}  // namespace

int validate_command(const Arguments& arguments) {
  const OpenedPipeline opened(opening_of(arguments));
  auto notices = opened.notices();
  for (const auto& target : opened.workspace.compute_targets)
    if (auto warning = missing_key_warning(target); !warning.empty())
      notices.push_back(std::move(warning));
  if (arguments.json) {
    fmt::print("{}\n", json_document({{"valid", true},
                                      {"pipeline", opened.pipeline.name},
                                      {"steps", opened.pipeline.steps.size()},
                                      {"warnings", notices}}));
    return 0;
  }
  print_notices(notices);
  fmt::print("{} is valid: pipeline '{}', {}\n", arguments.spec, opened.pipeline.name,
             counted(opened.pipeline.steps.size(), "step"));
  return 0;
}

int plan_command(const Arguments& arguments) {
  OpenedPipeline opened(opening_of(arguments));
  const ToldPlan told = make_plan(opened, arguments);
  if (told.signal != 0) return 128 + told.signal;
  if (arguments.json) {
    json steps = json::array();
    for (const StepId id : opened.graph.order())
      if (told.steps[id.index].decision != Decision::unselected)
        steps.push_back(step_json(opened, told, id.index));
    fmt::print("{}\n", json_document({{"pipeline", opened.pipeline.name},
                                      {"due", told.due},
                                      {"copies", told.copies},
                                      {"expected_seconds", json_seconds(told.expected)},
                                      {"steps", steps},
                                      {"warnings", told.notices}}));
  } else {
    print_notices(told.notices);
    print_plan(opened, told);
  }
  constexpr int work_is_due = 4;
  return arguments.check && told.due + told.copies > 0 ? work_is_due : 0;
}

namespace {

int why_of_file(const Arguments& arguments) {
  OpenedPipeline opened(opening_of(arguments));
  Arguments asked = arguments;
  if (!arguments.step.empty()) asked.until = {arguments.step};
  const ToldPlan told = make_plan(opened, asked);
  if (told.signal != 0) return 128 + told.signal;
  json steps = json::array();
  for (const StepId id : opened.graph.order()) {
    const auto& planned = told.steps[id.index];
    const auto& name = opened.pipeline[id].name;
    if (planned.decision == Decision::unselected) continue;
    if (!arguments.step.empty() && name != arguments.step) continue;
    steps.push_back(step_json(opened, told, id.index));
    if (arguments.json) continue;
    const char* verdict = planned.decision == Decision::reuse ? "would be reused"
                          : planned.decision == Decision::run ? "would run"
                                                              : "may run";
    const auto machine = machine_text(opened, told, id);
    fmt::print("{} {}{}:\n", name, verdict, machine.empty() ? "" : " " + machine);
    for (const auto line : split(planned.reason, '\n')) fmt::print("  {}\n", line);
    if (const auto& before = told.compared[id.index])
      fmt::print("  (compared with run {}, {} ago)\n", before->run_id,
                 duration_text(std::max(Duration{}, now() - before->at)));
  }
  if (arguments.json) fmt::print("{}\n", json_document({{"steps", steps}}));
  return 0;
}

}  // namespace

int why_command(const Arguments& arguments) {
  if (const auto look = stat_file(arguments.spec); look && look->kind == FileKind::file)
    return why_of_file(arguments);
  const bool looks_like_a_file = arguments.spec.find_first_of("./") != std::string::npos;
  if (looks_like_a_file) return why_of_file(arguments);  // says what is wrong with it
  return why_of_run(arguments);
}

}  // namespace mlpipe
