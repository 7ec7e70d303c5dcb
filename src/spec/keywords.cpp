#include "spec/keywords.h"

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

#include "spec/schedule_keywords.h"

namespace mlpipe {

namespace {

constexpr auto read = Use::read;
constexpr auto ignored = Use::ignored;
constexpr auto not_yet = Use::not_yet;
constexpr auto fields = Inner::fields;
constexpr auto named = Inner::named_fields;

/// The table of synonyms: place, our word, CLI v2's word, use, what stands below. The size is not
/// deduced by std::array, of which clang takes no more than 256 rows.
constexpr auto keywords = std::to_array<Keyword>({
    Keyword{Place::pipeline, "$schema", "$schema", ignored},
    Keyword{Place::pipeline, "", "type"},
    Keyword{Place::pipeline, "name", "name"},
    Keyword{Place::pipeline, "", "display_name"},
    Keyword{Place::pipeline, "description", "description"},
    Keyword{Place::pipeline, "experiment_name", "experiment_name"},
    Keyword{Place::pipeline, "tags", "tags"},
    Keyword{Place::pipeline, "", "properties", ignored},
    Keyword{Place::pipeline, "", "identity", ignored},
    Keyword{Place::pipeline, "parameters", "", read, named, Place::parameter},
    Keyword{Place::pipeline, "inputs", "inputs", read, named, Place::input},
    Keyword{Place::pipeline, "outputs", "outputs", read, named, Place::output},
    Keyword{Place::pipeline, "settings", "settings", read, fields, Place::settings},
    Keyword{Place::pipeline, "", "compute"},
    Keyword{Place::pipeline, "steps", "jobs", read, named, Place::step},
    Keyword{Place::pipeline, "", "component"},
    Keyword{Place::pipeline, "on_success", "on_success"},
    Keyword{Place::pipeline, "on_failure", "on_failure"},
    Keyword{Place::pipeline, "schedule", "schedule", not_yet},
    Keyword{Place::pipeline, "", "trigger", not_yet},
    Keyword{Place::pipeline, "", "create_job", not_yet},

    Keyword{Place::settings, "default_compute_target", "default_compute"},
    Keyword{Place::settings, "continue_on_step_failure", "continue_on_step_failure"},
    Keyword{Place::settings, "regenerate_outputs", "force_rerun"},
    Keyword{Place::settings, "default_datastore", "default_datastore"},
    Keyword{Place::settings, "", "on_init"},
    Keyword{Place::settings, "", "on_finalize"},

    Keyword{Place::step, "", "$schema", ignored},
    Keyword{Place::step, "type", "type"},
    Keyword{Place::step, "", "name", ignored},
    Keyword{Place::step, "", "display_name", ignored},
    Keyword{Place::step, "", "experiment_name", ignored},
    Keyword{Place::step, "description", "description"},
    Keyword{Place::step, "", "tags", ignored},
    Keyword{Place::step, "", "properties", ignored},
    Keyword{Place::step, "", "identity", ignored},
    Keyword{Place::step, "", "queue_settings", ignored},
    Keyword{Place::step, "source_directory", "code"},
    Keyword{Place::step, "include", "include"},
    Keyword{Place::step, "script_name", ""},
    Keyword{Place::step, "arguments", ""},
    Keyword{Place::step, "command", "command"},
    Keyword{Place::step, "inputs", "inputs", read, named, Place::input},
    Keyword{Place::step, "outputs", "outputs", read, named, Place::output},
    Keyword{Place::step, "depends_on", "depends_on"},
    Keyword{Place::step, "compute_target", "compute"},
    Keyword{Place::step, "environment", "environment"},
    Keyword{Place::step, "environment_variables", "environment_variables"},
    Keyword{Place::step, "pass_environment", "pass_environment"},
    Keyword{Place::step, "resources", "resources", read, fields, Place::resources},
    Keyword{Place::step, "limits", "limits", read, fields, Place::limits},
    Keyword{Place::step, "retry", "retry", read, fields, Place::retry},
    Keyword{Place::step, "allow_reuse", "is_deterministic"},
    Keyword{Place::step, "hash_paths", "hash_paths"},
    Keyword{Place::step, "isolation", ""},
    Keyword{Place::step, "component", "component"},
    Keyword{Place::step, "additional_includes", "additional_includes"},
    Keyword{Place::step, "distribution", "distribution", read, fields, Place::distribution},
    Keyword{Place::step, "", "services"},
    Keyword{Place::step, "schedule", "schedule", not_yet},

    Keyword{Place::component, "$schema", "$schema", ignored},
    Keyword{Place::component, "type", "type"},
    Keyword{Place::component, "name", "name"},
    Keyword{Place::component, "version", "version"},
    Keyword{Place::component, "display_name", "display_name"},
    Keyword{Place::component, "description", "description"},
    Keyword{Place::component, "tags", "tags"},
    Keyword{Place::component, "", "properties", ignored},
    Keyword{Place::component, "parameters", "", read, named, Place::parameter},
    Keyword{Place::component, "inputs", "inputs", read, named, Place::input},
    Keyword{Place::component, "outputs", "outputs", read, named, Place::output},
    Keyword{Place::component, "steps", "jobs", read, named, Place::step},
    Keyword{Place::component, "source_directory", "code"},
    Keyword{Place::component, "include", "include"},
    Keyword{Place::component, "additional_includes", "additional_includes"},
    Keyword{Place::component, "script_name", ""},
    Keyword{Place::component, "arguments", ""},
    Keyword{Place::component, "command", "command"},
    Keyword{Place::component, "environment", "environment"},
    Keyword{Place::component, "environment_variables", "environment_variables"},
    Keyword{Place::component, "pass_environment", "pass_environment"},
    Keyword{Place::component, "resources", "resources", read, fields, Place::resources},
    Keyword{Place::component, "limits", "limits", read, fields, Place::limits},
    Keyword{Place::component, "retry", "retry", read, fields, Place::retry},
    Keyword{Place::component, "distribution", "distribution", read, fields, Place::distribution},
    Keyword{Place::component, "allow_reuse", "is_deterministic"},
    Keyword{Place::component, "hash_paths", "hash_paths"},
    Keyword{Place::component, "isolation", ""},
    Keyword{Place::component, "settings", "settings"},
    Keyword{Place::component, "compute_target", "compute"},
    Keyword{Place::component, "experiment_name", "experiment_name"},

    Keyword{Place::distribution, "type", "type"},
    Keyword{Place::distribution, "process_count_per_instance", "process_count_per_instance"},
    Keyword{Place::distribution, "worker_count", "worker_count"},
    Keyword{Place::distribution, "parameter_server_count", "parameter_server_count"},

    Keyword{Place::job, "$schema", "$schema", ignored},
    Keyword{Place::job, "type", "type"},
    Keyword{Place::job, "name", "name"},
    Keyword{Place::job, "version", "version"},
    Keyword{Place::job, "display_name", "display_name"},
    Keyword{Place::job, "", "experiment_name"},
    Keyword{Place::job, "description", "description"},
    Keyword{Place::job, "tags", "tags"},
    Keyword{Place::job, "", "properties", ignored},
    Keyword{Place::job, "", "identity", ignored},
    Keyword{Place::job, "", "queue_settings", ignored},
    Keyword{Place::job, "inputs", "inputs", read, named, Place::input},
    Keyword{Place::job, "outputs", "outputs", read, named, Place::output},
    Keyword{Place::job, "depends_on", "depends_on"},
    Keyword{Place::job, "compute_target", "compute"},
    Keyword{Place::job, "environment", "environment"},
    Keyword{Place::job, "environment_variables", "environment_variables"},
    Keyword{Place::job, "resources", "resources"},
    Keyword{Place::job, "allow_reuse", "is_deterministic"},
    Keyword{Place::job, "component", "component"},
    Keyword{Place::job, "", "services"},

    Keyword{Place::sweep, "sampling_algorithm", "sampling_algorithm"},
    Keyword{Place::sweep, "search_space", "search_space"},
    Keyword{Place::sweep, "objective", "objective", read, fields, Place::sweep_objective},
    Keyword{Place::sweep, "early_termination", "early_termination", read, fields,
            Place::sweep_early_termination},
    Keyword{Place::sweep, "limits", "limits", read, fields, Place::sweep_limits},
    Keyword{Place::sweep, "trial", "trial"},
    Keyword{Place::sweep_objective, "primary_metric", "primary_metric"},
    Keyword{Place::sweep_objective, "goal", "goal"},
    Keyword{Place::sweep_sampling, "type", "type"},
    Keyword{Place::sweep_sampling, "seed", "seed"},
    Keyword{Place::sweep_sampling, "rule", "rule"},
    Keyword{Place::sweep_sampling, "logbase", "logbase"},
    Keyword{Place::sweep_early_termination, "type", "type"},
    Keyword{Place::sweep_early_termination, "evaluation_interval", "evaluation_interval"},
    Keyword{Place::sweep_early_termination, "delay_evaluation", "delay_evaluation"},
    Keyword{Place::sweep_early_termination, "slack_factor", "slack_factor"},
    Keyword{Place::sweep_early_termination, "slack_amount", "slack_amount"},
    Keyword{Place::sweep_early_termination, "truncation_percentage", "truncation_percentage"},
    Keyword{Place::sweep_early_termination, "exclude_finished_jobs", "exclude_finished_jobs"},
    Keyword{Place::sweep_limits, "max_total_trials", "max_total_trials"},
    Keyword{Place::sweep_limits, "max_concurrent_trials", "max_concurrent_trials"},
    Keyword{Place::sweep_limits, "timeout", "timeout"},
    Keyword{Place::sweep_limits, "trial_timeout", "trial_timeout"},
    Keyword{Place::trial, "source_directory", "code"},
    Keyword{Place::trial, "command", "command"},
    Keyword{Place::trial, "environment", "environment"},
    Keyword{Place::trial, "environment_variables", "environment_variables"},
    Keyword{Place::trial, "distribution", "distribution", read, fields, Place::distribution},
    Keyword{Place::trial, "resources", "resources", read, fields, Place::resources},

    Keyword{Place::parallel, "input_data", "input_data"},
    Keyword{Place::parallel, "mini_batch_size", "mini_batch_size"},
    Keyword{Place::parallel, "partition_keys", "partition_keys"},
    Keyword{Place::parallel, "mini_batch_error_threshold", "mini_batch_error_threshold"},
    Keyword{Place::parallel, "error_threshold", "error_threshold"},
    Keyword{Place::parallel, "logging_level", "logging_level"},
    Keyword{Place::parallel, "max_concurrency_per_instance", "max_concurrency_per_instance"},
    Keyword{Place::parallel, "retry_settings", "retry_settings", read, fields,
            Place::parallel_retry},
    Keyword{Place::parallel, "task", "task", read, fields, Place::parallel_task},
    Keyword{Place::parallel_retry, "max_retries", "max_retries"},
    Keyword{Place::parallel_retry, "timeout", "timeout"},
    Keyword{Place::parallel_task, "type", "type"},
    Keyword{Place::parallel_task, "source_directory", "code"},
    Keyword{Place::parallel_task, "entry_script", "entry_script"},
    Keyword{Place::parallel_task, "environment", "environment"},
    Keyword{Place::parallel_task, "program_arguments", "program_arguments"},
    Keyword{Place::parallel_task, "append_row_to", "append_row_to"},
    Keyword{Place::parallel_task, "model", "model"},

    Keyword{Place::automl, "task", "task"},
    Keyword{Place::automl, "primary_metric", "primary_metric"},
    Keyword{Place::automl, "target_column_name", "target_column_name"},
    Keyword{Place::automl, "training_data", "training_data"},
    Keyword{Place::automl, "validation_data", "validation_data"},
    Keyword{Place::automl, "test_data", "test_data"},
    Keyword{Place::automl, "validation_data_size", "validation_data_size"},
    Keyword{Place::automl, "test_data_size", "test_data_size"},
    Keyword{Place::automl, "n_cross_validations", "n_cross_validations"},
    Keyword{Place::automl, "cv_split_column_names", "cv_split_column_names"},
    Keyword{Place::automl, "weight_column_name", "weight_column_name"},
    Keyword{Place::automl, "log_verbosity", "log_verbosity"},
    Keyword{Place::automl, "limits", "limits", read, fields, Place::automl_limits},
    Keyword{Place::automl, "featurization", "featurization"},
    Keyword{Place::automl, "training", "training"},
    Keyword{Place::automl, "forecasting", "forecasting"},
    Keyword{Place::automl, "sweep", "sweep"},
    Keyword{Place::automl, "search_space", "search_space"},
    Keyword{Place::automl, "training_parameters", "training_parameters"},
    Keyword{Place::automl_limits, "timeout_minutes", "timeout_minutes"},
    Keyword{Place::automl_limits, "trial_timeout_minutes", "trial_timeout_minutes"},
    Keyword{Place::automl_limits, "max_trials", "max_trials"},
    Keyword{Place::automl_limits, "max_concurrent_trials", "max_concurrent_trials"},
    Keyword{Place::automl_limits, "max_cores_per_trial", "max_cores_per_trial"},
    Keyword{Place::automl_limits, "max_nodes", "max_nodes"},
    Keyword{Place::automl_limits, "enable_early_termination", "enable_early_termination"},
    Keyword{Place::automl_limits, "exit_score", "exit_score"},

    Keyword{Place::spark, "source_directory", "code"},
    Keyword{Place::spark, "entry", "entry", read, fields, Place::spark_entry},
    Keyword{Place::spark, "py_files", "py_files"},
    Keyword{Place::spark, "jars", "jars"},
    Keyword{Place::spark, "files", "files"},
    Keyword{Place::spark, "archives", "archives"},
    Keyword{Place::spark, "conf", "conf"},
    Keyword{Place::spark, "args", "args"},
    Keyword{Place::spark_entry, "file", "file"},
    Keyword{Place::spark_entry, "class_name", "class_name"},

    Keyword{Place::import_data, "source", "source"},
    Keyword{Place::import_data, "output", "output"},

    Keyword{Place::data_transfer, "task", "task"},
    Keyword{Place::data_transfer, "source", "source"},
    Keyword{Place::data_transfer, "sink", "sink"},
    Keyword{Place::data_transfer, "data_copy_mode", "data_copy_mode"},

    Keyword{Place::parameter, "type", "type"},
    Keyword{Place::parameter, "default", "default"},
    Keyword{Place::parameter, "enum", "enum"},
    Keyword{Place::parameter, "min", "min"},
    Keyword{Place::parameter, "max", "max"},
    Keyword{Place::parameter, "description", "description"},
    Keyword{Place::parameter, "optional", "optional"},

    Keyword{Place::input, "type", "type"},
    Keyword{Place::input, "path", "path"},
    Keyword{Place::input, "mode", "mode"},
    Keyword{Place::input, "description", "description"},
    Keyword{Place::input, "optional", "optional"},
    Keyword{Place::input, "datastore", "datastore"},
    Keyword{Place::input, "", "default"},

    Keyword{Place::output, "type", "type"},
    Keyword{Place::output, "path", "path"},
    Keyword{Place::output, "file_name", "file_name"},
    Keyword{Place::output, "description", "description"},
    Keyword{Place::output, "mode", "mode"},
    Keyword{Place::output, "name", "name"},
    Keyword{Place::output, "version", "version"},
    Keyword{Place::output, "datastore", "datastore"},
    Keyword{Place::output, "", "is_control", not_yet},
    Keyword{Place::output, "", "early_available", not_yet},

    Keyword{Place::resources, "cpus", "cpus"},
    Keyword{Place::resources, "memory", "memory"},
    Keyword{Place::resources, "gpus", "gpus"},
    Keyword{Place::resources, "instance_count", "instance_count"},
    Keyword{Place::resources, "", "instance_type", ignored},
    Keyword{Place::resources, "", "shm_size", ignored},
    Keyword{Place::resources, "", "runtime_version", ignored},
    Keyword{Place::resources, "", "docker_args", ignored},
    Keyword{Place::resources, "", "locations", ignored},
    Keyword{Place::resources, "", "max_instance_count", ignored},
    Keyword{Place::resources, "", "properties", ignored},

    Keyword{Place::limits, "timeout", "timeout"},

    Keyword{Place::retry, "max_retries", "max_retries"},
    Keyword{Place::retry, "delay", "delay"},
    Keyword{Place::retry, "backoff", "backoff"},

    Keyword{Place::notification, "command", "command"},
    Keyword{Place::notification, "webhook", "webhook"},

    Keyword{Place::workspace, "$schema", "", ignored},
    Keyword{Place::workspace, "compute_targets", "", read, named, Place::compute_target},
    Keyword{Place::workspace, "environments", "", read, named, Place::environment},
    Keyword{Place::workspace, "datastores", "", read, named, Place::datastore},
    Keyword{Place::workspace, "state_directory", ""},
    Keyword{Place::workspace, "git_diff", ""},
    Keyword{Place::workspace, "max_concurrent_runs", ""},
    Keyword{Place::workspace, "isolation", ""},

    Keyword{Place::compute_target, "type", ""},
    Keyword{Place::compute_target, "max_concurrent_steps", ""},
    Keyword{Place::compute_target, "cpus", ""},
    Keyword{Place::compute_target, "memory", ""},
    Keyword{Place::compute_target, "gpus", ""},
    Keyword{Place::compute_target, "host", ""},
    Keyword{Place::compute_target, "user", ""},
    Keyword{Place::compute_target, "port", ""},
    Keyword{Place::compute_target, "identity_file", ""},
    Keyword{Place::compute_target, "ssh_config", ""},
    Keyword{Place::compute_target, "root", ""},
    Keyword{Place::compute_target, "helper", ""},
    Keyword{Place::compute_target, "python", ""},
    Keyword{Place::compute_target, "reconnect_timeout", ""},
    Keyword{Place::compute_target, "orphan_timeout", ""},
    Keyword{Place::compute_target, "fetch", ""},

    Keyword{Place::environment, "type", ""},
    Keyword{Place::environment, "python", ""},

    Keyword{Place::datastore, "type", ""},
    Keyword{Place::datastore, "path", ""},

    Keyword{Place::inline_environment, "", "$schema", ignored},
    Keyword{Place::inline_environment, "", "name"},
    Keyword{Place::inline_environment, "", "version"},
    Keyword{Place::inline_environment, "", "description"},
    Keyword{Place::inline_environment, "", "tags", ignored},
    Keyword{Place::inline_environment, "", "image"},
    Keyword{Place::inline_environment, "", "conda_file"},
    Keyword{Place::inline_environment, "", "build", read, fields, Place::environment_build},
    Keyword{Place::inline_environment, "", "os_type"},
    Keyword{Place::inline_environment, "", "inference_config", ignored},
    Keyword{Place::inline_environment, "", "datastore", ignored},
    Keyword{Place::inline_environment, "", "properties", ignored},
    Keyword{Place::environment_build, "", "path"},
    Keyword{Place::environment_build, "", "dockerfile_path"},
});

/// What people write who come from other tools, and what it is called here.
struct OtherWord {
  Place place = Place::step;
  std::string_view word;
  std::string_view meaning;
};

constexpr std::array other_words = {
    OtherWord{Place::pipeline, "params", "parameters"},
    OtherWord{Place::step, "script", "script_name"},
    OtherWord{Place::step, "args", "arguments"},
    OtherWord{Place::step, "cmd", "command"},
    OtherWord{Place::step, "run", "command"},
    OtherWord{Place::step, "src", "source_directory"},
    OtherWord{Place::step, "source_dir", "source_directory"},
    OtherWord{Place::step, "deps", "inputs"},
    OtherWord{Place::step, "outs", "outputs"},
    OtherWord{Place::step, "needs", "depends_on"},
    OtherWord{Place::step, "env", "environment_variables"},
    OtherWord{Place::step, "cache", "allow_reuse"},
    OtherWord{Place::step, "timeout", "limits"},
    OtherWord{Place::step, "retries", "retry"},
    OtherWord{Place::retry, "retries", "max_retries"},
    OtherWord{Place::resources, "cpu", "cpus"},
    OtherWord{Place::resources, "gpu", "gpus"},
    OtherWord{Place::resources, "mem", "memory"},
};

/// In the order of the tables; null if there is none.
template <class Condition>
const Keyword* first_keyword(const Condition& condition) {
  for (const std::span<const Keyword> table :
       {std::span<const Keyword>(keywords), schedule_keywords()})
    if (const auto found = std::find_if(table.begin(), table.end(), condition);
        found != table.end())
      return &*found;
  return nullptr;
}

/// Whether a row of the table is of a map that describes `place`.
constexpr bool belongs(const Keyword& keyword, Place place) {
  return keyword.place == place ||
         (keyword.place == Place::job && place > Place::job && place <= Place::data_transfer);
}

}  // namespace

const Keyword* find_keyword(Place place, Spelling spelling, std::string_view word) {
  if (word.empty()) return nullptr;
  return first_keyword([&](const Keyword& keyword) {
    return belongs(keyword, place) && keyword.word(spelling) == word;
  });
}

const Keyword& keyword_of(Place place, std::string_view meaning) {
  if (const auto* found = first_keyword([&](const Keyword& keyword) {
        return belongs(keyword, place) && keyword.meaning() == meaning;
      }))
    return *found;
  throw std::logic_error("no such keyword of pipeline files: " + std::string(meaning));
}

std::string_view word_of_other_tools(Place place, Spelling spelling, std::string_view word) {
  for (const auto& other : other_words)
    if (other.place == place && other.word == word)
      return keyword_of(place, other.meaning).word(spelling);
  return {};
}

std::vector<std::string> known_words(Place place, Spelling spelling) {
  std::vector<std::string> words;
  const auto add = [&](const Keyword& keyword) {
    if (belongs(keyword, place) && keyword.use != Use::not_yet && !keyword.word(spelling).empty() &&
        keyword.word(spelling) != "$schema")
      words.emplace_back(keyword.word(spelling));
  };
  for (const auto& keyword : keywords) add(keyword);
  for (const auto& keyword : schedule_keywords()) add(keyword);
  std::sort(words.begin(), words.end());
  return words;
}

}  // namespace mlpipe
