#include "spec/read_pipeline.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "spec/check_pipeline.h"
#include "spec/component.h"
#include "spec/declarations.h"
#include "spec/fields.h"
#include "spec/notifications.h"
#include "spec/other_work.h"
#include "spec/pipeline_body.h"
#include "spec/problems.h"
#include "spec/read_source.h"
#include "spec/resolver.h"
#include "spec/scalars.h"
#include "spec/scope.h"
#include "spec/set_value.h"
#include "spec/spec_files.h"
#include "spec/step_reader.h"
#include "spec/sweep_check.h"
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
    if (entry.key == "jobs") azure = &entry;
    const bool stands_for_jobs =
        entry.key == "type" || entry.key == "component" || entry.key == "command";
    if (stands_for_jobs && azure == nullptr) azure = &entry;
    if (entry.key == "trigger" || entry.key == "create_job") {
      problems.error(entry.mark, "this is a schedule, not a pipeline",
                     "`mlpipe schedule create -f FILE` takes it");
      return std::nullopt;
    }
  }
  if (steps != nullptr && azure != nullptr) {
    problems.error(
        std::max(steps->mark, azure->mark),
        fmt::format("the file has both 'steps' and '{}'", azure->key),
        azure->key == "type"
            ? "'type' is Azure ML's (CLI v2), where the steps are called 'jobs': write jobs:, or "
              "take 'type' out for mlpipe's own spelling"
            : "'steps' is mlpipe's own spelling, 'jobs' and 'type' are Azure ML's (CLI v2): use "
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

/// A name for the one step of a file that holds a single job.
std::string step_name_for(const fs::path& file) {
  auto name = file.stem().string();
  for (auto& c : name)
    if (!is_name(std::string("_") + c, true)) c = '_';
  return is_name(name, true) ? name : "_" + name;
}

/// Whether a file with a command is a component: only these have a version, and say so to editors.
bool is_component_file(const YamlValue& root) {
  const auto* schema = root.find("$schema");
  return root.find("version") != nullptr ||
         (schema != nullptr && schema->is_scalar() &&
          schema->text.find("Component.schema.json") != std::string::npos);
}

/// Reads one pipeline from its files.
class PipelineReader {
 public:
  PipelineReader(SpecFiles& files, SpecFile& file, Spelling spelling,
                 const PipelineOverrides& overrides, const SpecContext& context)
      : files_(files), file_(file), overrides_(overrides), body_(pipeline_, overrides) {
    pipeline_.file = file.path;
    pipeline_.cli_v2 = spelling == Spelling::cli_v2;
    scope_.spelling = spelling;
    scope_.file = &file;
    scope_.files = &files;
    scope_.context = &context;
  }

  Pipeline read(const YamlValue& root) {
    const auto type = type_of(root);
    if (!type) files_.throw_if_any();
    auto* steps = *type == "pipeline" ? read_pipeline_job(root) : read_single_job(root, *type);
    check_cycles(pipeline_, files_);
    check_output_paths(pipeline_, files_);
    if (steps != nullptr && body_.all_readable()) warn_of_unwritten_outputs(scope_);
    files_.throw_if_any();
    finish(*steps);
    return std::move(pipeline_);
  }

 private:
  /// The kind of work that the whole file is; nothing after a problem was reported.
  std::optional<std::string> type_of(const YamlValue& root) {
    const auto* type = root.find("type");
    if (scope_.spelling == Spelling::ours) return "pipeline";
    if (type == nullptr || type->is_null()) {
      const bool is_command = root.find("command") != nullptr && root.find("jobs") == nullptr;
      return is_command ? "command" : "pipeline";
    }
    const auto word = type->is_scalar() ? lower_case(type->text) : std::string();
    if (is_known_work(word)) return word;
    file_.problems.error(
        type->mark, fmt::format("mlpipe does not run files of type '{}'", printable(type->text)),
        "expected type: pipeline or command");
    return std::nullopt;
  }

  /// A file with steps, or one that names the pipeline that it runs. Gives the scope that holds
  /// parameters and inputs.
  Scope* read_pipeline_job(const YamlValue& root) {
    auto& problems = file_.problems;
    const Fields fields(root, Place::pipeline, scope_.spelling, "the pipeline", problems);
    const auto* component = fields.find("component");
    if (component != nullptr && fields.find("steps") != nullptr) {
      problems.error(
          component->mark,
          fmt::format("the pipeline has both 'component' and '{}'", fields.word("steps")),
          "a pipeline is either written here or named");
      files_.throw_if_any();
    }
    if (component != nullptr) return read_named_pipeline(fields, *component);
    read_pipeline_inputs(fields, overrides_, scope_, problems);
    Resolver resolver(scope_, pipeline_, problems);
    read_head(fields, resolver);
    read_pipeline_outputs(fields, scope_, resolver, problems);
    body_.declare_steps(fields, scope_);
    if (body_.gave_up()) files_.throw_if_any();
    body_.read_outputs(scope_);
    body_.read_steps(scope_);
    order_settings(fields, scope_);
    return &scope_;
  }

  /// `component:` at the top (azureml.md 3.1): inputs and outputs are those of the component.
  Scope* read_named_pipeline(const Fields& fields, const YamlValue& component) {
    auto& problems = file_.problems;
    Resolver resolver(scope_, pipeline_, problems);
    read_head(fields, resolver);
    StepEntry job{.name = step_name_for(file_.path), .mark = fields.mark(), .fields = fields};
    job.is_whole_file = true;
    job.component = load_component(component, scope_, pipeline_);
    if (!job.component) files_.throw_if_any();
    auto& inner = job.component->scope;
    job.type = job.component->type;
    bind_inputs(job, BindPhase::values, resolver, problems);
    if (!inner.incomplete) apply_overrides(overrides_, inner, job.component->problems());
    for (auto& entry : inner.parameters.all()) entry.given_badly |= !entry.has_value;
    for (auto& entry : inner.inputs.all()) entry.given_badly |= !entry.has_value;  // told by now
    if (job.type != "pipeline") {
      body_.declare_only_step(std::move(job), scope_);
      body_.read_outputs(scope_);
      body_.read_steps(scope_);
      return &inner;
    }
    body_.pass_outputs(job, scope_);
    body_.declare_steps(job.component->fields, inner);
    if (body_.gave_up()) files_.throw_if_any();
    body_.read_outputs(inner);
    body_.read_steps(inner);
    order_settings(fields, inner);
    named_ = job.component;
    return &inner;
  }

  /// A file that holds one job becomes a pipeline of one step, whose inputs are the pipeline's.
  Scope* read_single_job(const YamlValue& root, const std::string& type) {
    auto& problems = file_.problems;
    if (type == "command" && is_component_file(root)) {
      problems.error(root.mark, "the file holds a component, which a pipeline runs",
                     fmt::format("name it in a step of a pipeline, component: ./{}",
                                 file_.path.filename().string()));
      files_.throw_if_any();
    }
    if (type == "parallel")
      problems.error(root.mark, "a job of type 'parallel' is a step of a pipeline, not a file",
                     "write it under jobs: of a file of type: pipeline");
    auto job = std::make_shared<ComponentUse>();
    job->name = "the job";
    job->type = type;
    job->mark = root.mark;
    job->scope = scope_;
    job->scope.is_component = true;
    job->fields = Fields(root, place_of_work(type), scope_.spelling, "the job", problems);
    for (const auto* key : {"component", "depends_on"})
      if (const auto* field = job->fields.entry(key))
        problems.error(field->mark,
                       fmt::format("a file that holds a single job has no '{}'", field->key),
                       "write it to a step of a file of type: pipeline");
    auto& inner = job->scope;
    read_pipeline_inputs(job->fields, overrides_, inner, problems);
    Resolver resolver(scope_, pipeline_, problems);
    read_pipeline_outputs(job->fields, inner, resolver, problems);
    const auto head = head_of(root);
    read_head(Fields(head, Place::pipeline, scope_.spelling, "the job", problems), resolver);
    StepEntry entry{.name = step_name_for(file_.path), .value = &root, .mark = root.mark};
    entry.type = type;
    entry.component = job;
    if (const auto* trial = type == "sweep" ? job->fields.find("trial") : nullptr)
      if (!is_inline_trial(*trial)) entry.trial = load_component(*trial, scope_, pipeline_);
    body_.declare_only_step(std::move(entry), scope_);
    body_.read_outputs(scope_);
    auto& step = pipeline_.steps.front();
    if (type == "command") {
      Resolver own(inner, pipeline_, problems);
      StepReader({job->fields, root.mark, inner, own, problems}, step).read_job(*job);
      warn_of_instances(step, job->fields, problems);
    } else {
      Resolver own(inner, pipeline_, problems);
      StepReader reader({job->fields, root.mark, inner, own, problems}, step);
      auto& declared = *scope_.steps.find(step.name);
      declared.fields = job->fields;
      read_other_work(declared, inner, pipeline_, reader, step);
    }
    if (step.settings->compute_target.empty())
      step.settings.edit().compute_target = scope_.default_compute_target;
    if (overrides_.compute_target) step.settings.edit().compute_target = *overrides_.compute_target;
    named_ = job;
    return &inner;
  }

  /// What the file says of the job as a whole.
  static YamlValue head_of(const YamlValue& root) {
    YamlValue head = root;
    head.entries.clear();
    for (const auto& entry : root.entries)
      for (const auto* key : {"name", "display_name", "description", "experiment_name", "tags"})
        if (entry.key == key) head.entries.push_back(entry);
    return head;
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
    auto& problems = file_.problems;
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
    pipeline_.notifications = read_notifications(fields, resolver, problems);
    if (const auto compute = text(fields, "compute", resolver))
      scope_.default_compute_target = without_prefix(compute->text);
    if (const auto* value = fields.find("settings")) {
      const Fields settings(*value, Place::settings, scope_.spelling, "'settings'", problems);
      if (const auto compute = text(settings, "default_compute_target", resolver))
        scope_.default_compute_target = without_prefix(compute->text);
      if (const auto datastore = text(settings, "default_datastore", resolver))
        scope_.default_datastore = without_prefix(datastore->text);
      if (const auto on = text(settings, "continue_on_step_failure", resolver))
        pipeline_.continue_on_step_failure = to_boolean(*on, problems).value_or(false);
      if (const auto on = text(settings, "regenerate_outputs", resolver))
        pipeline_.regenerate_outputs = to_boolean(*on, problems).value_or(false);
    }
  }

  void order_settings(const Fields& fields, Scope& scope) {
    const auto* value = fields.find("settings");
    if (value == nullptr || scope_.spelling == Spelling::ours) return;
    const SourceText& source = file_.source;
    Problems known(source);  // the keys were judged with the head
    order_first_and_last(Fields(*value, Place::settings, scope_.spelling, "'settings'", known),
                         scope, pipeline_);
  }

  static std::string without_prefix(const std::string& name) {
    return name.starts_with("azureml:") ? name.substr(8) : name;
  }

  void read_tags(const YamlValue& tags, Resolver& resolver) {
    if (!tags.is_map()) {
      file_.problems.error(
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

  void finish(Scope& steps) {
    for (auto& entry : steps.parameters.all())
      pipeline_.parameters.push_back(std::move(entry.parameter));
    for (const auto& entry : steps.inputs.all()) {
      const auto* source = path_source(entry.source);
      if (entry.has_value && source != nullptr)
        pipeline_.inputs.push_back({.name = entry.name,
                                    .type = entry.type,
                                    .path = source->path,
                                    .url = source->url,
                                    .required = entry.required});
    }
    const Resolver resolver(steps, pipeline_, file_.problems);
    for (const auto& entry : steps.outputs.all()) {
      const auto* writer = entry.written_by ? steps.steps.find(entry.written_by->step) : nullptr;
      if (writer == nullptr) continue;
      if (const auto found = resolver.find_output(*writer, entry.written_by->output))
        pipeline_.outputs.push_back(
            {.name = entry.output.name, .made_by = std::get<OutputSource>(found->source)});
    }
    pipeline_.warnings = files_.warnings();
    pipeline_.texts = files_.take_texts();
  }

  SpecFiles& files_;
  SpecFile& file_;
  const PipelineOverrides& overrides_;
  Scope scope_;
  Pipeline pipeline_;
  PipelineBody body_;
  std::shared_ptr<ComponentUse> named_;  ///< Keeps the scope that read_…() gave.
};

/// Which keys stand at the top of the file.
Place top_place(const YamlValue& root, Spelling spelling) {
  const auto* type = root.find("type");
  if (spelling == Spelling::ours || root.find("jobs") != nullptr ||
      root.find("component") != nullptr)
    return Place::pipeline;
  const auto word = type != nullptr && type->is_scalar() ? lower_case(type->text) : "command";
  return word == "pipeline" ? Place::pipeline : place_of_work(word);
}

}  // namespace

Pipeline read_pipeline(const fs::path& file, const PipelineOverrides& overrides,
                       const SpecContext& context) {
  std::vector<std::string> settings;
  settings.reserve(overrides.settings.size());
  for (const auto& [path, value] : overrides.settings)
    settings.push_back(fmt::format("{}={}", path, value));
  SpecFiles files;
  auto& first = files.open_first(
      file, std::move(settings),
      context.frozen == nullptr ? nullptr : std::make_shared<const FrozenSpec>(*context.frozen));
  if (first.document.root() == nullptr) files.throw_if_any();
  const auto spelling = find_spelling(*first.document.root(), first.problems);
  if (!spelling) files.throw_if_any();
  const auto place = top_place(*first.document.root(), *spelling);
  int number = 0;
  for (const auto& [path, value] : overrides.settings)
    set_value(first.document, place, *spelling, {.path = path, .value = value, .number = number++});
  PipelineReader reader(files, first, *spelling, overrides, context);
  return reader.read(*first.document.root());
}

}  // namespace mlpipe
