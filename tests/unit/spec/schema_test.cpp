#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/file.h"
#include "spec/keywords.h"
#include "support/catch.h"

namespace mlpipe {

namespace {

using Json = nlohmann::json;

/// Where the schemas describe a map with fixed keys.
struct Described {
  std::string_view schema;
  std::string_view definition;  ///< Empty: the schema itself.
  Place place = Place::pipeline;
  Spelling spelling = Spelling::ours;
};

constexpr auto azure = Spelling::cli_v2;

constexpr std::array described = {
    Described{"pipeline", "pipeline", Place::pipeline},
    Described{"pipeline", "settings", Place::settings},
    Described{"pipeline", "parameter", Place::parameter},
    Described{"pipeline", "parameter", Place::parameter, azure},
    Described{"pipeline", "input", Place::input},
    Described{"pipeline", "output", Place::output},
    Described{"pipeline", "step", Place::step},
    Described{"pipeline", "step_input", Place::input},
    Described{"pipeline", "step_output", Place::output},
    Described{"pipeline", "resources", Place::resources},
    Described{"pipeline", "limits", Place::limits},
    Described{"pipeline", "limits", Place::limits, azure},
    Described{"pipeline", "retry", Place::retry},
    Described{"pipeline", "retry", Place::retry, azure},
    Described{"pipeline", "notification", Place::notification},
    Described{"pipeline", "notification", Place::notification, azure},
    Described{"pipeline", "azure_pipeline", Place::pipeline, azure},
    Described{"pipeline", "azure_settings", Place::settings, azure},
    Described{"pipeline", "azure_input", Place::input, azure},
    Described{"pipeline", "azure_output", Place::output, azure},
    Described{"pipeline", "azure_job", Place::step, azure},
    Described{"pipeline", "azure_step_input", Place::input, azure},
    Described{"pipeline", "azure_step_output", Place::output, azure},
    Described{"pipeline", "azure_resources", Place::resources, azure},
    Described{"pipeline", "component_of_command", Place::component},
    Described{"pipeline", "distribution", Place::distribution},
    Described{"pipeline", "sweep", Place::sweep},
    Described{"pipeline", "parallel", Place::parallel},
    Described{"pipeline", "automl", Place::automl},
    Described{"pipeline", "spark", Place::spark},
    Described{"pipeline", "import", Place::import_data},
    Described{"pipeline", "data_transfer", Place::data_transfer},
    Described{"pipeline", "sweep_objective", Place::sweep_objective},
    Described{"pipeline", "sweep_sampling", Place::sweep_sampling},
    Described{"pipeline", "sweep_early_termination", Place::sweep_early_termination},
    Described{"pipeline", "sweep_limits", Place::sweep_limits},
    Described{"pipeline", "trial", Place::trial},
    Described{"pipeline", "parallel_task", Place::parallel_task},
    Described{"pipeline", "parallel_retry", Place::parallel_retry},
    Described{"pipeline", "automl_limits", Place::automl_limits},
    Described{"pipeline", "spark_entry", Place::spark_entry},
    Described{"pipeline", "azure_component_of_command", Place::component, azure},
    Described{"pipeline", "distribution", Place::distribution, azure},
    Described{"pipeline", "azure_sweep", Place::sweep, azure},
    Described{"pipeline", "azure_sweep_job", Place::sweep, azure},
    Described{"pipeline", "azure_parallel", Place::parallel, azure},
    Described{"pipeline", "azure_parallel_job", Place::parallel, azure},
    Described{"pipeline", "azure_automl", Place::automl, azure},
    Described{"pipeline", "azure_automl_job", Place::automl, azure},
    Described{"pipeline", "azure_spark", Place::spark, azure},
    Described{"pipeline", "azure_spark_job", Place::spark, azure},
    Described{"pipeline", "azure_import", Place::import_data, azure},
    Described{"pipeline", "azure_import_job", Place::import_data, azure},
    Described{"pipeline", "azure_data_transfer", Place::data_transfer, azure},
    Described{"pipeline", "azure_data_transfer_job", Place::data_transfer, azure},
    Described{"pipeline", "sweep_objective", Place::sweep_objective, azure},
    Described{"pipeline", "sweep_sampling", Place::sweep_sampling, azure},
    Described{"pipeline", "sweep_early_termination", Place::sweep_early_termination, azure},
    Described{"pipeline", "sweep_limits", Place::sweep_limits, azure},
    Described{"pipeline", "azure_trial", Place::trial, azure},
    Described{"pipeline", "azure_parallel_task", Place::parallel_task, azure},
    Described{"pipeline", "parallel_retry", Place::parallel_retry, azure},
    Described{"pipeline", "automl_limits", Place::automl_limits, azure},
    Described{"pipeline", "spark_entry", Place::spark_entry, azure},
    Described{"pipeline", "azure_command_job", Place::step, azure},
    Described{"pipeline", "azure_inline_environment", Place::inline_environment, azure},
    Described{"pipeline", "azure_environment_build", Place::environment_build, azure},
    Described{"schedule", "schedule", Place::schedule, azure},
    Described{"schedule", "schedule_v1", Place::schedule_v1, azure},
    Described{"schedule", "schedule_job", Place::schedule_job, azure},
    Described{"schedule", "trigger", Place::trigger, azure},
    Described{"schedule", "trigger_pattern", Place::trigger_pattern, azure},
    Described{"workspace", "", Place::workspace},
    Described{"workspace", "compute_target", Place::compute_target},
    Described{"workspace", "environment", Place::environment},
    Described{"workspace", "datastore", Place::datastore},
};

Json read_schema(std::string_view name) {
  return Json::parse(
      read_file(std::string(MLPIPE_REPOSITORY "/schemas/") + std::string(name) + ".schema.json"));
}

/// What `$ref` names, or the schema itself.
const Json& referred(const Json& document, const Json& schema) {
  if (!schema.is_object() || !schema.contains("$ref")) return schema;
  return document.at(Json::json_pointer(schema.at("$ref").get<std::string>().substr(1)));
}

}  // namespace

TEST_CASE("the schemas have the keys of the table of synonyms, each with a description") {
  for (const auto& row : described) {
    const auto document = read_schema(row.schema);
    const auto& schema =
        row.definition.empty() ? document : document.at("definitions").at(row.definition);
    std::vector<std::string> keys;
    for (const auto& [key, value] : schema.at("properties").items()) {
      if (value == false || key == "$schema") continue;
      keys.push_back(key);
      INFO(row.definition << '.' << key);
      CHECK(referred(document, value).value("description", "").size() > 4);
    }
    INFO(row.schema << ": " << row.definition);
    std::sort(keys.begin(), keys.end());
    CHECK(keys == known_words(row.place, row.spelling));
  }
}

TEST_CASE("every map with fixed keys that there is in a file is described by a schema") {
  const auto last = static_cast<int>(Place::trigger_pattern);
  for (int place = 0; place <= last; ++place)
    for (const auto spelling : {Spelling::ours, azure}) {
      if (known_words(static_cast<Place>(place), spelling).empty()) continue;
      if (static_cast<Place>(place) == Place::job) continue;  // a part of those that follow it
      INFO("place " << place << " of the enumeration");
      CHECK(std::any_of(described.begin(), described.end(), [&](const Described& row) {
        return row.place == static_cast<Place>(place) && row.spelling == spelling;
      }));
    }
}

}  // namespace mlpipe
