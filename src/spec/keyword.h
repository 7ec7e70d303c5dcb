#pragma once

#include <cstdint>
#include <string_view>

namespace mlpipe {

/// How a pipeline file is written (spec-format.md): with `steps:`, or as Azure ML's CLI v2 has it.
enum class Spelling : std::uint8_t { ours, cli_v2 };

/// What a map with fixed keys describes.
enum class Place : std::uint8_t {
  pipeline,
  settings,
  step,
  parameter,
  input,
  output,
  resources,
  limits,
  retry,
  notification,
  component,
  distribution,
  job,  ///< What the following kinds of work have in common; their own keys are under each.
  sweep,
  parallel,
  automl,
  spark,
  import_data,
  data_transfer,
  sweep_objective,
  sweep_sampling,
  sweep_early_termination,
  sweep_limits,
  trial,
  parallel_task,
  parallel_retry,
  automl_limits,
  spark_entry,
  workspace,
  compute_target,
  environment,
  datastore,
  inline_environment,
  environment_build,
  schedule,
  schedule_v1,  ///< What stands under `Schedule:` in a file of Azure ML's SDK v1.
  schedule_job,
  trigger,
  trigger_pattern,
};

/// What becomes of a key.
enum class Use : std::uint8_t {
  read,
  ignored,  ///< Known, but without a meaning here.
  not_yet,  ///< Known, and refused: what it asks for cannot be done yet.
};

/// What stands below a key.
enum class Inner : std::uint8_t {
  value,         ///< A scalar, a list, or anything else without fixed keys.
  fields,        ///< A map with fixed keys.
  named_fields,  ///< A map from a name to a map with fixed keys.
};

/// One row of the table of synonyms.
struct Keyword {
  Place place = Place::pipeline;
  std::string_view ours;    ///< Empty: not in this spelling.
  std::string_view cli_v2;  ///< Empty: not in this spelling.
  Use use = Use::read;
  Inner inner = Inner::value;
  Place inner_place = Place::pipeline;  ///< Unless `inner` is `value`.

  /// The name that the code uses for both.
  [[nodiscard]] std::string_view meaning() const { return ours.empty() ? cli_v2 : ours; }
  [[nodiscard]] std::string_view word(Spelling spelling) const {
    return spelling == Spelling::ours ? ours : cli_v2;
  }
};

}  // namespace mlpipe
