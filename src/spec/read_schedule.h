#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/pipeline.h"
#include "core/trigger.h"

namespace mlpipe {

/// One entry of `inputs:` or `pipeline_parameters:`, which replaces the pipeline's own.
struct ScheduledInput {
  enum class Kind : std::uint8_t { value, path };

  std::string name;
  Kind kind = Kind::value;
  /// As a step would get it. A path is absolute unless it is of no file (`azureml:…`, `https://…`).
  /// `${{creation_context.trigger_time}}` stays as it is: it has a value when the schedule fires.
  std::string text;
  SpecLocation location;
};

/// What a schedule runs, and how. What is not set is the pipeline's.
struct ScheduledJob {
  std::filesystem::path pipeline;  ///< Absolute; empty if something else is named, or nothing.
  std::string reference;           ///< As written: "azureml:NAME"; empty if there is none.
  SpecLocation location;           ///< Of either.
  std::string display_name;
  std::string description;
  std::string experiment_name;
  std::map<std::string, std::string> tags;
  std::vector<ScheduledInput> inputs;   ///< In the order of the file.
  std::vector<ScheduledInput> outputs;  ///< Those with a `path`, where they are put.
  std::string default_compute;          ///< `settings.default_compute`, or `compute`.
  std::string default_datastore;
  std::optional<bool> continue_on_step_failure;
  std::optional<bool> force_rerun;
};

/// A schedule's file.
struct ScheduleFile {
  enum class Form : std::uint8_t {
    schedule,  ///< CLI v2's: `trigger:` and `create_job:`.
    sdk_v1,    ///< `Schedule:`, which does not say what is run.
    trigger,   ///< What would stand under `trigger:`, alone.
  };

  std::filesystem::path file;  ///< Absolute.
  Form form = Form::schedule;
  std::string name;  ///< Empty if the file gives none, as likewise what follows.
  std::string display_name;
  std::string description;
  std::map<std::string, std::string> tags;
  std::map<std::string, std::string> properties;
  Trigger trigger;
  ScheduledJob job;
  std::vector<std::string> warnings;
};

/// Read a schedule's YAML file in any of its forms (azureml.md 2.7, 3.11). The pipeline file that
/// it names has to be there, but is not read. Throws Error(invalid_file) with all problems.
[[nodiscard]] ScheduleFile read_schedule(const std::filesystem::path& file);

}  // namespace mlpipe
