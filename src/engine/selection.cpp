#include "engine/selection.h"

#include <algorithm>
#include <span>

#include "base/error.h"
#include "base/text.h"
#include "spec/read_source.h"

namespace mlpipe {

namespace {

/// "; it has prep, train", unless that would be too long to read.
std::string its_steps(const std::vector<std::string>& known) {
  constexpr std::size_t most_named = 20;
  return known.size() > most_named ? "" : fmt::format("; it has {}", fmt::join(known, ", "));
}

}  // namespace

std::vector<StepId> steps_named(const Pipeline& pipeline, const std::vector<std::string>& names) {
  std::vector<StepId> steps;
  for (const auto& name : names) {
    const auto found = std::find_if(pipeline.steps.begin(), pipeline.steps.end(),
                                    [&name](const Step& step) { return step.name == name; });
    if (found == pipeline.steps.end()) {
      std::vector<std::string> known;
      for (const auto& step : pipeline.steps) known.push_back(step.name);
      fail(ErrorKind::usage, "the pipeline has no step '{}'{}{}", printable(name),
           did_you_mean(name, known), its_steps(known));
    }
    steps.push_back({static_cast<std::size_t>(found - pipeline.steps.begin())});
  }
  return steps;
}

namespace {

std::string why_anew(StepId step, const Pipeline& pipeline, const Graph& graph,
                     const Selection& selection, const std::vector<StepId>& from) {
  if (std::find(from.begin(), from.end(), step) != from.end())
    return "it was asked to run anew (--from)";
  for (const StepId above : from)
    if (graph.below(std::span(&above, 1))[step.index])
      return fmt::format("it is below step '{}', which was asked to run anew (--from)",
                         pipeline[above].name);
  return selection.regenerate_outputs
             ? "all steps were asked to run anew (--regenerate-outputs)"
             : fmt::format("all steps run anew ({} in the settings)",
                           pipeline.cli_v2 ? "force_rerun" : "regenerate_outputs");
}

}  // namespace

std::vector<StepRule> rules_for(const Pipeline& pipeline, const Graph& graph,
                                const Selection& selection) {
  std::vector<StepRule> rules(pipeline.steps.size());
  const auto only = steps_named(pipeline, selection.only);
  const auto until = steps_named(pipeline, selection.until);
  const auto from = steps_named(pipeline, selection.from);
  const auto needed = graph.needed_for(only.empty() ? until : only);
  const auto anew = graph.below(from);
  const bool regenerate = selection.regenerate_outputs || pipeline.regenerate_outputs;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    auto& rule = rules[i];
    const bool named_only = std::find(only.begin(), only.end(), StepId{i}) != only.end();
    if (!only.empty() || !until.empty()) rule.selected = needed[i];
    rule.must_be_reused = !only.empty() && needed[i] && !named_only;
    if (!rule.must_be_reused && (regenerate || anew[i])) {
      rule.lookup = Lookup::regenerate;
      rule.why_anew = why_anew({i}, pipeline, graph, selection, from);
    }
    if (!pipeline.steps[i].settings->allow_reuse) rule.lookup = Lookup::not_allowed;
  }
  return rules;
}

void check_runnable(const Pipeline& pipeline, const std::vector<StepRule>& rules) {
  std::string refused;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Step& step = pipeline.steps[i];
    const auto* other = std::get_if<OtherAction>(&step.action);
    if (!rules[i].selected || other == nullptr) continue;
    refused += (refused.empty() ? "" : "\n") +
               located_error(step.location,
                             fmt::format("mlpipe does not run steps of type '{}' yet (step '{}')",
                                         other->type, step.name),
                             "--until STEP runs a part of the pipeline without it");
  }
  if (!refused.empty()) throw Error(ErrorKind::invalid_file, refused);
}

}  // namespace mlpipe
