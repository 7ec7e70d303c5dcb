#include "spec/keywords.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace mlpipe {

namespace {

constexpr auto read = Use::read;
constexpr auto ignored = Use::ignored;
constexpr auto not_yet = Use::not_yet;
constexpr auto fields = Inner::fields;
constexpr auto named = Inner::named_fields;

/// The table of synonyms: place, our word, CLI v2's word, use, what stands below.
constexpr std::array keywords = {
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
    Keyword{Place::pipeline, "component", "component", not_yet},
    Keyword{Place::pipeline, "schedule", "schedule", not_yet},
    Keyword{Place::pipeline, "", "trigger", not_yet},
    Keyword{Place::pipeline, "", "create_job", not_yet},

    Keyword{Place::settings, "default_compute_target", "default_compute"},
    Keyword{Place::settings, "continue_on_step_failure", "continue_on_step_failure"},
    Keyword{Place::settings, "regenerate_outputs", "force_rerun"},
    Keyword{Place::settings, "", "default_datastore", ignored},
    Keyword{Place::settings, "", "on_init", not_yet},
    Keyword{Place::settings, "", "on_finalize", not_yet},

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
    Keyword{Place::step, "component", "component", not_yet},
    Keyword{Place::step, "trial", "trial", not_yet},
    Keyword{Place::step, "search_space", "search_space", not_yet},
    Keyword{Place::step, "distribution", "distribution", not_yet},
    Keyword{Place::step, "services", "services", not_yet},
    Keyword{Place::step, "schedule", "schedule", not_yet},

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
    Keyword{Place::input, "datastore", "datastore", not_yet},

    Keyword{Place::output, "type", "type"},
    Keyword{Place::output, "path", "path"},
    Keyword{Place::output, "file_name", "file_name"},
    Keyword{Place::output, "description", "description"},
    Keyword{Place::output, "mode", "mode"},
    Keyword{Place::output, "name", "name", not_yet},
    Keyword{Place::output, "version", "version", not_yet},
    Keyword{Place::output, "datastore", "datastore", not_yet},

    Keyword{Place::resources, "cpus", "cpus"},
    Keyword{Place::resources, "memory", "memory"},
    Keyword{Place::resources, "gpus", "gpus"},
    Keyword{Place::resources, "instance_count", "instance_count"},
    Keyword{Place::resources, "", "instance_type", ignored},
    Keyword{Place::resources, "", "shm_size", ignored},
    Keyword{Place::resources, "", "docker_args", ignored},
    Keyword{Place::resources, "", "locations", ignored},
    Keyword{Place::resources, "", "max_instance_count", ignored},
    Keyword{Place::resources, "", "properties", ignored},

    Keyword{Place::limits, "timeout", "timeout"},

    Keyword{Place::retry, "max_retries", "max_retries"},
    Keyword{Place::retry, "delay", "delay"},
    Keyword{Place::retry, "backoff", "backoff"},

    Keyword{Place::workspace, "$schema", "", ignored},
    Keyword{Place::workspace, "compute_targets", "", read, named, Place::compute_target},
    Keyword{Place::workspace, "environments", "", read, named, Place::environment},
    Keyword{Place::workspace, "datastores", "", read, named, Place::datastore},
    Keyword{Place::workspace, "state_directory", ""},
    Keyword{Place::workspace, "git_diff", ""},
    Keyword{Place::workspace, "isolation", ""},

    Keyword{Place::compute_target, "type", ""},
    Keyword{Place::compute_target, "max_concurrent_steps", ""},
    Keyword{Place::compute_target, "cpus", ""},
    Keyword{Place::compute_target, "memory", ""},
    Keyword{Place::compute_target, "gpus", ""},

    Keyword{Place::environment, "type", ""},
    Keyword{Place::environment, "python", ""},

    Keyword{Place::datastore, "type", ""},
    Keyword{Place::datastore, "path", ""},
};

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

}  // namespace

const Keyword* find_keyword(Place place, Spelling spelling, std::string_view word) {
  if (word.empty()) return nullptr;
  for (const auto& keyword : keywords)
    if (keyword.place == place && keyword.word(spelling) == word) return &keyword;
  return nullptr;
}

const Keyword& keyword_of(Place place, std::string_view meaning) {
  for (const auto& keyword : keywords)
    if (keyword.place == place && keyword.meaning() == meaning) return keyword;
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
  for (const auto& keyword : keywords)
    if (keyword.place == place && keyword.use != Use::not_yet && !keyword.word(spelling).empty() &&
        keyword.word(spelling) != "$schema")
      words.emplace_back(keyword.word(spelling));
  std::sort(words.begin(), words.end());
  return words;
}

}  // namespace mlpipe
