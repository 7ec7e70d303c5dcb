#pragma once

#include <optional>
#include <string>

#include "spec/pipeline_overrides.h"
#include "spec/scope.h"

namespace mlpipe {

/// Read one entry of `parameters:` (short or long form), or a literal one of `inputs:`.
void read_parameter(const YamlValue::Entry& entry, Scope& scope, Problems& problems);

/// Whether an entry of `inputs:` is a literal: a scalar, or a map with the type of one.
[[nodiscard]] bool is_literal_input(const YamlValue& value);

/// Put the values of `--params` and `-p` in. Throws Error(usage) for a `-p` that names no parameter
/// or has a value that the parameter does not take, Error(invalid_file) for a file of `--params`.
void override_parameters(const PipelineOverrides& overrides, Scope& scope);

/// The X of an input `{value: X}` in a CLI v2 file, as Azure ML's SDK writes a plain value; null if
/// it is none.
[[nodiscard]] const YamlValue* plain_value_in(const YamlValue& value, Spelling spelling);

/// Give a declared input of a component its value; why that is not of its type, or "".
[[nodiscard]] std::string set_parameter(ParameterEntry& entry, const std::string& text,
                                        Spelling spelling);
/// Why the value is outside of `enum`, `min` and `max`, or "".
[[nodiscard]] std::string value_outside(const ParameterEntry& entry);

/// Report each parameter that has neither a default nor a value.
void require_values(const Scope& scope, Problems& problems);

/// Report a name that cannot be used for an input, output or parameter (azureml.md 3.1). `what`:
/// "input".
void check_io_name(const std::string& name, std::string_view what, Mark mark, Problems& problems);

}  // namespace mlpipe
