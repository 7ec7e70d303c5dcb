#include "spec/other_work.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "spec/component.h"
#include "spec/field_check.h"
#include "spec/sweep_check.h"

namespace mlpipe {

namespace {

constexpr std::array<std::pair<std::string_view, Place>, 6> places = {
    {{"sweep", Place::sweep},
     {"parallel", Place::parallel},
     {"automl", Place::automl},
     {"spark", Place::spark},
     {"import", Place::import_data},
     {"data_transfer", Place::data_transfer}}};

void check_parallel(const FieldCheck& check, bool complete) {
  if (complete) {
    check.required("task");
    check.required("input_data");
  }
  check.text("input_data");
  check.text("mini_batch_size");
  check.texts("partition_keys");
  check.whole_number("mini_batch_error_threshold", -1);
  check.whole_number("error_threshold", -1);
  check.one_of("logging_level", {"WARNING", "INFO", "DEBUG", "ERROR"});
  check.whole_number("max_concurrency_per_instance", 1);
  if (const auto retries = check.inside("retry_settings", Place::parallel_retry)) {
    retries->whole_number("max_retries", 0);
    retries->whole_number("timeout", 1, 259'200);
  }
  if (const auto task = check.inside("task", Place::parallel_task)) {
    task->required("type");
    task->one_of("type", {"run_function", "function", "model"});
    task->required("entry_script");
    task->text("entry_script");
    task->text("program_arguments");
    task->text("append_row_to");
    task->folder("source_directory");
  }
}

void check_automl(const FieldCheck& check) {
  check.required("task");
  check.one_of("task", {"classification", "regression", "forecasting", "image_classification",
                        "image_classification_multilabel", "image_object_detection",
                        "image_instance_segmentation", "text_classification",
                        "text_classification_multilabel", "text_ner"});
  check.required("training_data");
  check.text("primary_metric");
  check.text("target_column_name");
  check.one_of("log_verbosity", {"not_set", "debug", "info", "warning", "error", "critical"});
  if (const auto limits = check.inside("limits", Place::automl_limits)) {
    for (const auto* key : {"timeout_minutes", "trial_timeout_minutes", "max_trials",
                            "max_concurrent_trials", "max_nodes"})
      limits->whole_number(key, 1);
    limits->whole_number("max_cores_per_trial", -1);
    limits->boolean("enable_early_termination");
    limits->number("exit_score");
  }
}

void check_spark(const FieldCheck& check, bool has_component) {
  if (!has_component) {
    check.required("entry");
    check.required("source_directory");
  }
  check.folder("source_directory");
  if (const auto entry = check.inside("entry", Place::spark_entry)) {
    entry->text("file");
    entry->text("class_name");
  }
  for (const auto* key : {"py_files", "jars", "files", "archives"}) check.texts(key);
  check.text("args");
}

void check_data_transfer(const FieldCheck& check, bool has_component) {
  if (!has_component) check.required("task");
  check.one_of("task", {"copy_data", "import_data", "export_data"});
  check.one_of("data_copy_mode", {"merge_with_overwrite", "fail_if_conflict"});
}

/// What all kinds of work have.
void check_common(const FieldCheck& check) {
  for (const auto* key : {"name", "version", "display_name", "description"}) check.text(key);
  check.boolean("allow_reuse");
  if (const auto resources = check.inside("resources", Place::resources))
    resources->whole_number("instance_count", 1);
}

void check_keys(const std::string& type, const FieldCheck& check, bool has_component) {
  check_common(check);
  if (type == "parallel") check_parallel(check, !has_component);
  if (type == "automl") check_automl(check);
  if (type == "spark") check_spark(check, has_component);
  if (type == "data_transfer") check_data_transfer(check, has_component);
  if (type == "import" && !has_component) check.required("source");
}

/// Keys that name data as an input does: edges of the graph.
void bind_data_keys(const StepEntry& entry, const SpecLocation& location, Resolver& resolver,
                    Step& step) {
  for (const auto* key : {"training_data", "validation_data", "test_data", "source"}) {
    const auto* value = entry.fields.find(key);
    if (value == nullptr) continue;
    const bool names_data = value->is_scalar()
                                ? has_expression(value->text)
                                : entry.type == "automl" && value->find("path") != nullptr;
    if (!names_data) continue;
    const auto found = resolver.input(*value, fmt::format("'{}'", key));
    if (const auto* data = std::get_if<DataBinding>(&found))
      step.inputs.push_back({.name = key,
                             .type = data->type,
                             .mode = data->mode.value_or(InputMode::ro_mount),
                             .source = data->source,
                             .location = location});
  }
  std::sort(step.inputs.begin(), step.inputs.end(),
            [](const DataInput& a, const DataInput& b) { return a.name < b.name; });
}

}  // namespace

Place place_of_work(std::string_view type) {
  for (const auto& [word, place] : places)
    if (word == type) return place;
  return Place::step;
}

void read_other_work(StepEntry& entry, Scope& scope, const Pipeline& pipeline, StepReader& reader,
                     Step& step) {
  reader.read_other_work(entry.component.get());
  step.action = OtherAction{.type = entry.type};
  const auto what = fmt::format("the step '{}'", entry.name);
  auto& problems = scope.file->problems;
  Resolver resolver(scope, pipeline, problems);
  const FieldCheck check({.fields = entry.fields,
                          .what = what,
                          .mark = entry.mark,
                          .scope = scope,
                          .resolver = resolver,
                          .problems = problems});
  if (entry.type == "sweep") {
    check_sweep(entry, check);
    return;
  }
  bind_data_keys(entry, problems.source().location(entry.mark), resolver, step);
  auto* component = entry.component.get();
  const bool uses_another = component != nullptr && entry.fields.find("component") != nullptr;
  check_keys(entry.type, check, uses_another);
  if (!uses_another) return;
  Resolver inner(component->scope, pipeline, component->problems());
  check_keys(entry.type,
             FieldCheck({.fields = component->fields,
                         .what = component->name,
                         .mark = component->mark,
                         .scope = component->scope,
                         .resolver = inner,
                         .problems = component->problems()}),
             false);
}

}  // namespace mlpipe
