#include "spec/read_pipeline.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "spec/check_pipeline.h"
#include "spec/declarations.h"
#include "spec/fields.h"
#include "spec/problems.h"
#include "spec/read_source.h"
#include "spec/resolver.h"
#include "spec/scalars.h"
#include "spec/scope.h"
#include "spec/set_value.h"
#include "spec/step_reader.h"
#include "spec/yaml_document.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// The spelling that the top keys decide; nothing after a problem was reported.
std::optional<Spelling> find_spelling(const YamlValue& root, Problems& problems) {
  if (!root.is_map()) {
    problems.error(root.mark, fmt::format("a pipeline file must be a map, not {}", kind_name(root)),
                   "expected keys such as name, parameters, steps");
    return std::nullopt;
  }
  const YamlValue::Entry* steps = nullptr;
  const YamlValue::Entry* azure = nullptr;
  for (const auto& entry : root.entries) {
    if (entry.key == "steps") steps = &entry;
    if (entry.key == "jobs" || (entry.key == "type" && azure == nullptr)) azure = &entry;
    if (entry.key == "trigger" || entry.key == "create_job") {
      problems.error(entry.mark, "mlpipe does not run schedules yet", "expected a pipeline");
      return std::nullopt;
    }
  }
  if (steps != nullptr && azure != nullptr) {
    problems.error(
        std::max(steps->mark, azure->mark),
        fmt::format("the file has both 'steps' and '{}'", azure->key),
        "'steps' is mlpipe's own spelling, 'jobs' and 'type' are Azure ML's (CLI v2): use "
        "one of them");
    return std::nullopt;
  }
  if (steps != nullptr) return Spelling::ours;
  if (azure != nullptr) return Spelling::cli_v2;
  static const std::vector<std::string> known = {"steps", "jobs"};
  for (const auto& entry : root.entries)
    if (const auto hint = did_you_mean(entry.key, known); !hint.empty()) {
      problems.error(entry.mark, fmt::format("unknown key '{}'{}", printable(entry.key), hint),
                     "a pipeline needs 'steps:' (or 'jobs:', as Azure ML's CLI v2 has it)");
      return std::nullopt;
    }
  problems.error(root.mark, "the file has no steps",
                 "expected 'steps:' (or 'jobs:', as Azure ML's CLI v2 has it)");
  return std::nullopt;
}

/// Reads one pipeline file, from top to bottom.
class PipelineReader {
 public:
  PipelineReader(fs::path file, const PipelineOverrides& overrides, Spelling spelling,
                 Problems& problems)
      : overrides_(overrides), problems_(problems) {
    pipeline_.file = std::move(file);
    pipeline_.cli_v2 = spelling == Spelling::cli_v2;
    scope_.spelling = spelling;
    scope_.folder = pipeline_.file.parent_path();
  }

  Pipeline read(const YamlValue& root) {
    const Fields fields(root, Place::pipeline, scope_.spelling, "the pipeline", problems_);
    if (!check_type(fields)) problems_.throw_if_any();
    read_pipeline_inputs(fields, overrides_, scope_, problems_);
    Resolver resolver(scope_, pipeline_, problems_);
    read_pipeline_outputs(fields, scope_, resolver, problems_);
    read_head(fields, resolver);
    declare_steps(fields, resolver);
    read_steps(resolver);
    check_cycles(pipeline_, problems_);
    check_output_paths(pipeline_, problems_);
    for (const auto& output : scope_.outputs.all())
      if (output.written_by.empty() && all_steps_readable_)
        problems_.warning(
            output.mark, fmt::format("no step writes the pipeline's output '{}'", output.name),
            fmt::format("bind one to it: outputs: {{NAME: \"${{{{parent.outputs.{}}}}}\"}}",
                        output.name));
    problems_.throw_if_any();
    finish();
    return std::move(pipeline_);
  }

 private:
  bool check_type(const Fields& fields) {
    const auto* type = fields.find("type");
    if (scope_.spelling == Spelling::ours || (type != nullptr && type->text == "pipeline"))
      return true;
    if (type == nullptr) return true;
    problems_.error(
        type->mark,
        fmt::format("mlpipe does not run files of type '{}' yet", printable(type->text)),
        "expected type: pipeline");
    return false;
  }

  static std::optional<NamedText> text(const Fields& fields, std::string_view meaning,
                                       Resolver& resolver) {
    const auto* value = fields.find(meaning);
    if (value == nullptr) return std::nullopt;
    const auto what = fmt::format("'{}'", fields.word(meaning));
    auto found = resolver.text(*value, what);
    if (!found) return std::nullopt;
    return NamedText{
        .text = std::move(*found), .mark = value->mark, .what = what + written_as(value->text)};
  }

  void read_head(const Fields& fields, Resolver& resolver) {
    const auto stem = pipeline_.file.stem().string();
    auto name = text(fields, "name", resolver);
    if (!name) name = text(fields, "display_name", resolver);
    pipeline_.name = name ? name->text : stem;
    if (const auto description = text(fields, "description", resolver))
      pipeline_.description = description->text;
    const auto experiment = text(fields, "experiment_name", resolver);
    pipeline_.experiment_name = overrides_.experiment_name ? *overrides_.experiment_name
                                : experiment               ? experiment->text
                                                           : pipeline_.name;
    if (const auto* tags = fields.find("tags")) read_tags(*tags, resolver);
    if (const auto compute = text(fields, "compute", resolver))
      default_compute_target_ = without_prefix(compute->text);
    if (const auto* value = fields.find("settings")) {
      const Fields settings(*value, Place::settings, scope_.spelling, "'settings'", problems_);
      if (const auto compute = text(settings, "default_compute_target", resolver))
        default_compute_target_ = without_prefix(compute->text);
      if (const auto on = text(settings, "continue_on_step_failure", resolver))
        pipeline_.continue_on_step_failure = to_boolean(*on, problems_).value_or(false);
      if (const auto on = text(settings, "regenerate_outputs", resolver))
        pipeline_.regenerate_outputs = to_boolean(*on, problems_).value_or(false);
    }
  }

  static std::string without_prefix(const std::string& name) {
    return name.starts_with("azureml:") ? name.substr(8) : name;
  }

  void read_tags(const YamlValue& tags, Resolver& resolver) {
    if (!tags.is_map()) {
      problems_.error(
          tags.mark,
          fmt::format("'tags' must be a map from names to values, not {}", kind_name(tags)),
          "for example tags: {team: vision}");
      return;
    }
    for (const auto& entry : tags.entries) {
      if (entry.value->is_null())
        pipeline_.tags[entry.key] = "";
      else if (const auto value =
                   resolver.text(*entry.value, fmt::format("the tag '{}'", entry.key)))
        pipeline_.tags[entry.key] = *value;
    }
  }

  /// The names and outputs of all steps, so that any step can refer to any other.
  void declare_steps(const Fields& fields, Resolver& resolver) {
    const auto word = fields.word("steps");
    const auto* steps = fields.find("steps");
    if (steps == nullptr || (steps->is_map() && steps->entries.empty())) {
      if (fields.has_not_yet()) return;  // what would give them was refused
      const auto* entry = fields.entry("steps");
      problems_.error(entry == nullptr ? fields.mark() : entry->mark,
                      fmt::format("the pipeline has no steps"),
                      fmt::format("expected {}: with a name for each step", word));
      return;
    }
    if (!steps->is_map()) {
      problems_.error(
          steps->mark,
          fmt::format("'{}' must be a map from names to steps, not {}", word, kind_name(*steps)),
          "write NAME: before each step instead of '-'");
      return;
    }
    pipeline_.steps.reserve(steps->entries.size());
    for (const auto& entry : steps->entries) declare_step(entry);
    for (std::size_t i = 0; i < pipeline_.steps.size(); ++i)
      if (scope_.steps.all()[i].readable)
        read_step_outputs(scope_.steps.all()[i], scope_, resolver, problems_, pipeline_.steps[i]);
  }

  void declare_step(const YamlValue::Entry& entry) {
    const auto& name = entry.key;
    if (!is_name(name, true))
      problems_.error(entry.mark, fmt::format("'{}' cannot be the name of a step", printable(name)),
                      "a name has letters, digits, _ and -, and begins with a letter or _");
    StepEntry step{.name = name, .value = entry.value, .mark = entry.mark};
    if (entry.value->is_map()) {
      step.fields = Fields(*entry.value, Place::step, scope_.spelling,
                           fmt::format("the step '{}'", printable(name)), problems_);
      step.readable = is_readable_step(step.fields, name, problems_);
    } else {
      problems_.error(entry.value->mark,
                      fmt::format("the step '{}' must be a map, not {}", printable(name),
                                  kind_name(*entry.value)),
                      "expected keys such as command, inputs, outputs");
      step.readable = false;
    }
    all_steps_readable_ = all_steps_readable_ && step.readable;
    pipeline_.steps.push_back({.name = name, .location = problems_.source().location(entry.mark)});
    scope_.steps.add(std::move(step));
  }

  void read_steps(Resolver& resolver) {
    for (std::size_t i = 0; i < pipeline_.steps.size(); ++i) {
      const auto& entry = scope_.steps.all()[i];
      auto& step = pipeline_.steps[i];
      if (entry.readable) StepReader(entry, scope_, resolver, problems_, step).read();
      if (step.compute_target.empty()) step.compute_target = default_compute_target_;
      if (overrides_.compute_target) step.compute_target = *overrides_.compute_target;
    }
  }

  void finish() {
    for (auto& entry : scope_.parameters.all())
      pipeline_.parameters.push_back(std::move(entry.parameter));
    for (const auto& entry : scope_.inputs.all())
      if (entry.has_value)
        pipeline_.inputs.push_back(
            {.name = entry.name, .type = entry.type, .path = entry.source.path});
    pipeline_.warnings = problems_.warnings();
  }

  const PipelineOverrides& overrides_;
  Problems& problems_;
  Scope scope_;
  Pipeline pipeline_;
  std::string default_compute_target_ = "local";
  bool all_steps_readable_ = true;
};

}  // namespace

Pipeline read_pipeline(const fs::path& file, const PipelineOverrides& overrides) {
  const auto source = read_source(file, "pipeline file");
  std::vector<std::string> settings;
  settings.reserve(overrides.settings.size());
  for (const auto& [path, value] : overrides.settings)
    settings.push_back(fmt::format("{}={}", path, value));
  Problems problems(source, settings);
  auto document = parse_yaml(source, problems);
  if (document.root() == nullptr) problems.throw_if_any();
  const auto spelling = find_spelling(*document.root(), problems);
  if (!spelling) problems.throw_if_any();
  int number = 0;
  for (const auto& [path, value] : overrides.settings)
    set_value(document, Place::pipeline, *spelling,
              {.path = path, .value = value, .number = number++});
  PipelineReader reader(fs::absolute(file).lexically_normal(), overrides, *spelling, problems);
  return reader.read(*document.root());
}

}  // namespace mlpipe
