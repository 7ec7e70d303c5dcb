#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "spec/pipeline_overrides.h"
#include "spec/resolver.h"
#include "spec/scope.h"

namespace mlpipe {

/// Read `parameters:` and `inputs:` of a pipeline or component into the scope.
void declare_inputs(const Fields& fields, Scope& scope, Problems& problems);

/// The same for the pipeline that is run; also put the overrides of both in. Throws Error(usage)
/// for an override that names nothing.
void read_pipeline_inputs(const Fields& fields, const PipelineOverrides& overrides, Scope& scope,
                          Problems& problems);

/// Put overrides into declared inputs, and look at what is at their paths.
void apply_overrides(const PipelineOverrides& overrides, Scope& scope, Problems& problems);

/// Read `outputs:` of a pipeline or component.
void read_pipeline_outputs(const Fields& fields, Scope& scope, Resolver& resolver,
                           Problems& problems);

/// Report names in a map of inputs or outputs that cannot be used or differ only in case.
void check_io_names(const YamlValue& map, std::string_view what, Problems& problems);

/// An output in messages and paths.
struct NamedOutput {
  std::string name;
  std::string step;          ///< Empty: an output of the pipeline.
  bool is_promoted = false;  ///< Its path names an output of the pipeline, and is read elsewhere.
};

/// Read what outputs of pipelines and steps have in common: path, file name, mode, the name to
/// register it under. `${{output_name}}` and `${{default_datastore}}` are put in; `${{name}}` stays
/// for the run's id, with a step's name behind it. The output's type is set already.
void read_output_fields(const Fields& fields, const NamedOutput& named, const Scope& scope,
                        Resolver& resolver, Problems& problems, DataOutput& output);

/// Report a mode of an output that does not exist; it has no other effect. A CLI v2 file may say
/// any mode that Azure ML knows.
void check_output_mode(const Fields& fields, const std::string& what, Problems& problems);

/// Whether `name` is one component of a path, and not "." or "..".
[[nodiscard]] bool is_file_name(std::string_view name);

}  // namespace mlpipe
