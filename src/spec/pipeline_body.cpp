#include "spec/pipeline_body.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "spec/component.h"
#include "spec/other_work.h"
#include "spec/resolver.h"
#include "spec/scalars.h"
#include "spec/step_reader.h"
#include "spec/sweep_check.h"

namespace mlpipe {

namespace {

/// Steps that decide at run time which others run.
bool is_control_flow(const YamlValue& step) {
  static constexpr std::array<std::string_view, 3> types = {"do_while", "if_else", "parallel_for"};
  const auto* type = step.find("type");
  return type != nullptr && type->is_scalar() &&
         std::find(types.begin(), types.end(), lower_case(type->text)) != types.end();
}

/// What the `type:` of a step says in small letters; "" if there is none, nothing after a problem
/// was reported.
std::optional<std::string> written_type(const YamlValue& step, const std::string& name,
                                        Problems& problems) {
  const auto* type = step.find("type");
  if (type == nullptr || type->is_null()) return "";
  if (!type->is_scalar()) {
    problems.error(type->mark, fmt::format("the type of the step '{}' must be a single word", name),
                   "expected type: command");
    return std::nullopt;
  }
  auto word = lower_case(type->text);
  if (is_known_work(word)) return word;
  if (is_control_flow(step)) {
    problems.error(type->mark,
                   fmt::format("mlpipe does not know steps of type '{}' yet (as the step '{}')",
                               type->text, name),
                   "all steps of a pipeline run: take it out, and leave those that are to run");
    return std::nullopt;
  }
  static const std::vector<std::string> known = {"command", "pipeline", "sweep",  "parallel",
                                                 "automl",  "spark",    "import", "data_transfer"};
  problems.error(type->mark,
                 fmt::format("unknown step type '{}' (of the step '{}'){}", printable(type->text),
                             name, problems.suggestion(word, known)),
                 "expected type: command, or no type");
  return std::nullopt;
}

/// Azure ML takes any key in these steps.
UnknownKeys unknown_keys(std::string_view type, Spelling spelling) {
  return spelling == Spelling::cli_v2 && (type == "sweep" || type == "parallel")
             ? UnknownKeys::warn
             : UnknownKeys::as_place;
}

/// A step does not say what to run, and has an unknown key: it may be just that. What the step
/// makes is not known then.
bool lacks_misspelt(const Fields& fields) {
  if (!fields.has_unknown() || fields.place() != Place::step) return false;
  return fields.find("component") == nullptr && fields.find("command") == nullptr &&
         fields.find("script_name") == nullptr;
}

/// The component of a step agrees with what the step says of its type.
void check_type_of_component(StepEntry& entry, Problems& problems) {
  const auto& of_component = entry.component->type;
  if (entry.type.empty()) entry.type = of_component;
  if (entry.type == of_component) return;
  problems.error(entry.mark,
                 fmt::format("the step '{}' is of type '{}', but {} is of type '{}'", entry.name,
                             entry.type, entry.component->name, of_component),
                 fmt::format("write type: {}, or leave it out", of_component));
  entry.readable = false;
}

}  // namespace

void PipelineBody::declare_steps(const Fields& fields, Scope& scope) {
  auto& problems = scope.file->problems;
  const auto word = fields.word("steps");
  const auto* steps = fields.find("steps");
  if (steps == nullptr || (steps->is_map() && steps->entries.empty())) {
    if (fields.has_not_yet()) return;  // what would give them was refused
    const auto* entry = fields.entry("steps");
    problems.error(entry == nullptr ? fields.mark() : entry->mark, "the pipeline has no steps",
                   fmt::format("expected {}: with a name for each step", word));
    return;
  }
  if (!steps->is_map()) {
    problems.error(
        steps->mark,
        fmt::format("'{}' must be a map from names to steps, not {}", word, kind_name(*steps)),
        "write NAME: before each step instead of '-'");
    return;
  }
  if (pipeline_.steps.empty()) pipeline_.steps.reserve(steps->entries.size());
  for (const auto& entry : steps->entries) declare_step(entry, scope);
}

void PipelineBody::declare_step(const YamlValue::Entry& entry, Scope& scope) {
  if (components_ > most_components) return;
  auto& problems = scope.file->problems;
  const auto& name = entry.key;
  if (!is_name(name, true))
    problems.error(entry.mark, fmt::format("'{}' cannot be the name of a step", printable(name)),
                   "a name has letters, digits, _ and -, and begins with a letter or _");
  StepEntry step{.name = name, .value = entry.value, .mark = entry.mark};
  const auto what = fmt::format("the step '{}'", printable(name));
  if (entry.value->is_map()) {
    const auto type = written_type(*entry.value, name, problems);
    step.readable = type.has_value();
    step.type = type.value_or("");
    if (!is_control_flow(*entry.value))
      step.fields = Fields(*entry.value, place_of_work(step.type), scope.spelling, what, problems,
                           unknown_keys(step.type, scope.spelling));
    step.readable = step.readable && !step.fields.has_not_yet() && !lacks_misspelt(step.fields);
    if (const auto* component = step.readable ? step.fields.find("component") : nullptr) {
      if (++components_ > most_components)
        problems.error(component->mark,
                       fmt::format("the pipeline uses components more than {} times, with those "
                                   "of the pipelines nested in it",
                                   most_components));
      step.component = load_component(*component, scope, pipeline_);
      step.readable = step.component != nullptr;
      if (step.component) check_type_of_component(step, problems);
    } else if (const auto* trial =
                   step.readable && step.type == "sweep" ? step.fields.find("trial") : nullptr) {
      if (!is_inline_trial(*trial)) step.trial = load_component(*trial, scope, pipeline_);
    } else if (step.readable && step.type == "pipeline") {
      problems.error(entry.mark, what + " is a pipeline, but does not say which one",
                     "expected component: …, the file of the pipeline");
      step.readable = false;
    }
  } else {
    problems.error(entry.value->mark,
                   fmt::format("{} must be a map, not {}", what, kind_name(*entry.value)),
                   "expected keys such as command, inputs, outputs");
    step.readable = false;
  }
  if (step.type.empty()) step.type = "command";
  add_step(std::move(step), scope);
}

void PipelineBody::add_step(StepEntry entry, Scope& scope) {
  auto& problems = scope.file->problems;
  all_readable_ = all_readable_ && entry.readable;
  if (entry.readable && entry.type == "pipeline") {
    const auto nested = entry.component;
    nested->scope.prefix = scope.prefix + entry.name + "/";
    scope.steps.add(std::move(entry));
    declare_steps(nested->fields, nested->scope);
    return;
  }
  entry.id = StepId{pipeline_.steps.size()};
  pipeline_.steps.push_back(
      {.name = scope.prefix + entry.name, .location = problems.source().location(entry.mark)});
  scope.steps.add(std::move(entry));
}

void PipelineBody::declare_only_step(StepEntry entry, Scope& scope) {
  add_step(std::move(entry), scope);
}

void PipelineBody::read_unused_component(const std::shared_ptr<ComponentUse>& component,
                                         Scope& scope) {
  for (auto& entry : component->scope.inputs.all()) entry.given_badly = true;  // nothing is missing
  for (auto& entry : component->scope.parameters.all()) entry.given_badly = true;
  StepEntry entry{.name = "component", .mark = component->mark};
  entry.type = component->type;
  entry.component = component;
  entry.is_unused = true;
  if (component->type != "command") entry.fields = component->fields;
  add_step(std::move(entry), scope);
  read_outputs(scope);
  read_steps(scope);
}

void PipelineBody::read_outputs(Scope& scope) {
  auto& problems = scope.file->problems;
  Resolver resolver(scope, pipeline_, problems);
  for (auto& entry : scope.steps.all()) {
    if (!entry.readable) continue;
    if (entry.id) {
      pipeline_.steps[entry.id->index].outputs =
          read_step_outputs(entry, scope, resolver, problems);
      continue;
    }
    bind_inputs(entry, BindPhase::values, resolver, problems);
    pass_outputs(entry, scope);
    read_outputs(entry.component->scope);
    warn_of_unwritten_outputs(entry.component->scope);
  }
}

void PipelineBody::pass_outputs(StepEntry& entry, Scope& scope) {
  Resolver resolver(scope, pipeline_, scope.file->problems);
  for (auto& output : read_step_outputs(entry, scope, resolver, scope.file->problems)) {
    auto* inner = entry.component->scope.outputs.find(output.name);
    if (inner == nullptr) continue;
    if (output.file_name == output.name) output.file_name = inner->output.file_name;
    inner->output = std::move(output);
  }
}

void PipelineBody::read_steps(Scope& scope) {
  for (auto& entry : scope.steps.all()) {
    if (entry.id)
      read_step(entry, scope);
    else if (entry.readable)
      read_nested(entry, scope);
  }
}

void PipelineBody::read_step(StepEntry& entry, Scope& scope) {
  auto& problems = scope.file->problems;
  auto& step = pipeline_.steps[entry.id->index];
  if (entry.readable) {
    Resolver resolver(scope, pipeline_, problems);
    StepReader own({entry.fields, entry.mark, scope, resolver, problems}, step);
    if (entry.component) {
      bind_inputs(entry, BindPhase::values, resolver, problems);
      bind_inputs(entry, BindPhase::outputs, resolver, problems);
    }
    if (entry.type != "command") {
      read_other_work(entry, scope, pipeline_, own, step);
    } else if (entry.component) {
      auto& component = *entry.component;
      Resolver inner(component.scope, pipeline_, component.problems());
      StepReader({component.fields, component.mark, component.scope, inner, component.problems()},
                 step)
          .read_component(component);
      own.read_overrides(component);
      if (entry.fields.find("distribution") == nullptr)
        warn_of_instances(step, component.fields, component.problems());
    } else {
      own.read();
    }
    warn_of_instances(step, entry.fields, problems);
  }
  set_target(step, scope);
  share_what_is_equal(step);
}

void PipelineBody::share_what_is_equal(Step& step) {
  sources_.unite(step.sources);
  settings_.unite(step.settings);
  for (auto& output : step.outputs) assets_.unite(output.asset);
}

void PipelineBody::set_target(Step& step, const Scope& scope) const {
  if (step.settings->compute_target.empty())
    step.settings.edit().compute_target = scope.default_compute_target;
  if (overrides_.compute_target) step.settings.edit().compute_target = *overrides_.compute_target;
}

void PipelineBody::read_nested(StepEntry& entry, Scope& scope) {
  auto& problems = scope.file->problems;
  Resolver resolver(scope, pipeline_, problems);
  bind_inputs(entry, BindPhase::outputs, resolver, problems);
  Step common;  // what holds for each step in it
  common.name = entry.name;
  StepReader({entry.fields, entry.mark, scope, resolver, problems}, common).read_nested_pipeline();
  auto& inner = entry.component->scope;
  inner.default_compute_target = common.settings->compute_target.empty()
                                     ? scope.default_compute_target
                                     : common.settings->compute_target;
  read_steps(inner);
  for (const auto id : steps_in(entry)) {
    auto& needed = pipeline_.steps[id.index].depends_on;
    needed.insert(needed.end(), common.depends_on.begin(), common.depends_on.end());
  }
}

void warn_of_unwritten_outputs(const Scope& scope) {
  for (const auto& entry : scope.outputs.all())
    if (!entry.written_by)
      scope.file->problems.warning(
          entry.mark, fmt::format("no step writes the pipeline's output '{}'", entry.output.name),
          fmt::format("bind one to it: outputs: {{NAME: \"${{{{parent.outputs.{}}}}}\"}}",
                      entry.output.name));
}

namespace {

/// The step that a setting names; null if there is none, which is reported.
const StepEntry* named_in(const Fields& settings, const char* key, const Scope& scope) {
  auto& problems = scope.file->problems;
  const auto* value = settings.find(key);
  settings.check_single(key, "'settings'", problems);
  if (value == nullptr || !value->is_scalar()) return nullptr;
  const auto* entry = scope.steps.find(value->text);
  if (entry == nullptr)
    problems.error(value->mark,
                   fmt::format("'{}': the pipeline has no step '{}'{}", key, printable(value->text),
                               problems.suggestion(value->text, scope.steps.names())));
  return entry;
}

bool is_one_of(StepId id, const std::vector<StepId>& ids) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

/// Steps that run first or last are bound to no other.
void check_unbound(const StepEntry& entry, const char* key, Scope& scope,
                   const Pipeline& pipeline) {
  const auto own = steps_in(entry);
  for (std::size_t i = 0; i < pipeline.steps.size(); ++i)
    for (const auto& input : pipeline.steps[i].inputs)
      if (const auto* source = std::get_if<OutputSource>(&input.source);
          source != nullptr && is_one_of(StepId{i}, own) != is_one_of(source->step, own)) {
        scope.file->problems.error(
            entry.mark,
            fmt::format(
                "the step '{}' of '{}' is bound to '{}', by the input '{}'", entry.name, key,
                is_one_of(StepId{i}, own) ? pipeline[source->step].name : pipeline.steps[i].name,
                input.name),
            "a step that runs before or after all others is bound to none of them");
        return;
      }
}

}  // namespace

void order_first_and_last(const Fields& settings, Scope& scope, Pipeline& pipeline) {
  const auto* first = named_in(settings, "on_init", scope);
  const auto* last = named_in(settings, "on_finalize", scope);
  if (first == nullptr && last == nullptr) return;
  auto& problems = scope.file->problems;
  const std::size_t named = first != nullptr && last != nullptr ? 2 : 1;
  if (first == last || scope.steps.all().size() <= named) {
    problems.error(settings.mark(),
                   first == last ? "'on_init' and 'on_finalize' name the same step"
                                 : "the pipeline has no steps besides those of 'on_init' and "
                                   "'on_finalize'",
                   "they name steps that run before and after the others");
    return;
  }
  if (first != nullptr) check_unbound(*first, "on_init", scope, pipeline);
  if (last != nullptr) check_unbound(*last, "on_finalize", scope, pipeline);
  const auto before = first == nullptr ? std::vector<StepId>() : steps_in(*first);
  const auto after = last == nullptr ? std::vector<StepId>() : steps_in(*last);
  for (std::size_t i = 0; i < pipeline.steps.size(); ++i) {
    const StepId id{i};
    auto& needed = pipeline.steps[i].depends_on;
    if (!is_one_of(id, before)) needed.insert(needed.end(), before.begin(), before.end());
    if (is_one_of(id, after) || is_one_of(id, before)) continue;
    for (const auto end : after) pipeline.steps[end.index].depends_on.push_back(id);
  }
  if (last != nullptr)
    problems.warning(settings.entry("on_finalize")->mark,
                     fmt::format("the step '{}' runs after all others, but not if one of them "
                                 "failed",
                                 last->name));
}

}  // namespace mlpipe
