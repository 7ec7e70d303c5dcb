#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "spec/pipeline_overrides.h"
#include "spec/resolver.h"
#include "spec/scope.h"

namespace mlpipe {

/// Read `parameters:` and `inputs:` of the pipeline and put the overrides of both in. Throws
/// Error(usage) for an override that names nothing.
void read_pipeline_inputs(const Fields& fields, const PipelineOverrides& overrides, Scope& scope,
                          Problems& problems);

/// Read `outputs:` of the pipeline.
void read_pipeline_outputs(const Fields& fields, Scope& scope, Resolver& resolver,
                           Problems& problems);

/// Report names in a map of inputs or outputs that cannot be used or differ only in case.
void check_io_names(const YamlValue& map, std::string_view what, Problems& problems);

/// Where an output's copy goes: absolute. Nothing after a problem was reported.
[[nodiscard]] std::optional<std::filesystem::path> read_output_path(const YamlValue& value,
                                                                    const std::string& what,
                                                                    const Scope& scope,
                                                                    Resolver& resolver,
                                                                    Problems& problems);

/// Report a mode of an output that does not exist; it has no other effect.
void check_output_mode(const Fields& fields, const std::string& what, Problems& problems);

/// Whether `name` is one component of a path, and not "." or "..".
[[nodiscard]] bool is_file_name(std::string_view name);

}  // namespace mlpipe
