#include "spec/declarations.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "spec/data_paths.h"
#include "spec/data_sources.h"
#include "spec/parameters.h"
#include "spec/required_values.h"
#include "spec/scalars.h"

namespace mlpipe {

namespace {

/// The entries of a map from names; none after a problem was reported.
const std::vector<YamlValue::Entry>& named_entries(const Fields& fields, std::string_view meaning,
                                                   Scope& scope, Problems& problems) {
  static const std::vector<YamlValue::Entry> none;
  const auto* value = fields.find(meaning);
  if (value == nullptr) return none;
  if (value->is_map()) return value->entries;
  scope.incomplete = true;
  problems.error(value->mark, fmt::format("'{}' must be a map from names to values, not {}",
                                          fields.word(meaning), kind_name(*value)));
  return none;
}

/// A single value of a data input at pipeline level, where no parameter can stand.
std::optional<std::string> plain_text(const Fields& fields, std::string_view meaning,
                                      const std::string& what, Problems& problems) {
  fields.check_single(meaning, what, problems);
  const auto* value = fields.find(meaning);
  return value != nullptr && value->is_scalar() ? std::optional(value->text) : std::nullopt;
}

/// Declare a data input; its path is looked at later, as it may be overridden.
void declare_data_input(const YamlValue::Entry& entry, Scope& scope, Problems& problems) {
  const auto what = fmt::format("the input '{}'", entry.key);
  InputEntry input{.name = entry.key, .mark = entry.mark};
  const auto* type = entry.value->is_map() ? entry.value->find("type") : nullptr;
  if (type != nullptr && type->is_scalar()) {
    const auto known =
        to_data_type(type->text, type->mark, scope.spelling, problems, TypeOf::data_or_value);
    if (!known) {  // which keys it may have is not known, either
      input.faulty = true;
      scope.inputs.add(std::move(input));
      return;
    }
    input.type = *known;
  }
  const Fields fields(*entry.value, Place::input, scope.spelling, what, problems);
  if (fields.has_not_yet()) {
    scope.incomplete = true;
    return;
  }
  for (const auto* key : {"description", "type"}) fields.check_single(key, what, problems);
  if (const auto mode = plain_text(fields, "mode", what, problems))
    input.mode = to_input_mode(*mode, fields.find("mode")->mark, scope.spelling, problems);
  if (const auto optional = plain_text(fields, "optional", what, problems))
    input.optional = to_boolean({*optional, fields.find("optional")->mark, "'optional'"}, problems)
                         .value_or(false);
  const auto datastore = plain_text(fields, "datastore", what, problems);
  // A component's data may have a `default`, which is a path, too.
  const auto* const key =
      fields.find("path") == nullptr && fields.spelling() == Spelling::cli_v2 ? "default" : "path";
  if (const auto path = plain_text(fields, key, what, problems)) {
    input.source = PathSource{.text = datastore ? datastore_uri(*datastore, *path) : *path};
    input.mark = fields.find(key)->mark;
    input.has_value = true;
  } else if (datastore) {
    problems.error(fields.find("datastore")->mark, what + " names a datastore, but no path on it",
                   "expected path: …");
  }
  scope.inputs.add(std::move(input));
}

void override_inputs(const PipelineOverrides& overrides, Scope& scope) {
  for (const auto& [name, path] : overrides.inputs) {
    auto* input = scope.inputs.find(name);
    const auto given = fmt::format("-i {}={}", printable(name), printable(path.string()));
    if (input == nullptr && scope.parameters.find(name) != nullptr)
      fail(ErrorKind::usage, "{}: '{}' is a parameter, not data: use -p {}=…", given, name, name);
    if (input == nullptr) {
      const auto known = scope.inputs.names();
      fail(ErrorKind::usage, "{}: the pipeline has no input '{}'{}{}", given, printable(name),
           did_you_mean(name, known),
           known.empty() ? "; it has none at all"
                         : fmt::format("; it has {}", fmt::join(known, ", ")));
    }
    input->has_value = true;
    // Its problems are the command line's, not the file's.
    const SourceText nowhere(given, "");
    Problems problems(nowhere);
    const auto found = locate_data(
        {.text = path.string(), .what = fmt::format("the input '{}'", name), .is_override = true},
        input->type, scope, problems);
    problems.throw_if_any();
    if (!found) continue;
    input->source = found->source;
    input->type = found->type;
    input->checked = true;
  }
}

}  // namespace

void check_io_names(const YamlValue& map, std::string_view what, Problems& problems) {
  std::unordered_map<std::string, const YamlValue::Entry*> seen;
  for (const auto& entry : map.entries) {
    check_io_name(entry.key, what, entry.mark, problems);
    std::string lower = entry.key;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const auto [first, is_new] = seen.emplace(std::move(lower), &entry);
    if (!is_new)
      problems.error(
          entry.mark,
          fmt::format("'{}' and '{}' differ only in case", first->second->key, entry.key),
          fmt::format("the other one is in line {}", first->second->mark.line));
  }
}

void declare_inputs(const Fields& fields, Scope& scope, Problems& problems) {
  const auto before = problems.error_count();
  for (const auto& entry : named_entries(fields, "parameters", scope, problems))
    read_parameter(entry, scope, problems);
  if (const auto* parameters = fields.find("parameters"); parameters && parameters->is_map())
    check_io_names(*parameters, "parameter", problems);
  if (const auto* inputs = fields.find("inputs"); inputs && inputs->is_map())
    check_io_names(*inputs, "input", problems);
  for (const auto& entry : named_entries(fields, "inputs", scope, problems)) {
    if (scope.parameters.find(entry.key) != nullptr) {
      problems.error(
          entry.mark,
          fmt::format("'{}' is both a parameter and an input of the pipeline", entry.key),
          "parameters and inputs are referred to alike, as parent.inputs.NAME: rename one");
      continue;
    }
    // A pipeline's value may be written as {value: X}, a component's may not.
    auto plain = entry;
    if (scope.outer == nullptr)
      if (const auto* value = plain_value_in(*entry.value, scope.spelling)) plain.value = value;
    if (plain.value != entry.value || is_literal_input(*entry.value)) {
      if (entry.value->is_scalar() && scalar_type(*entry.value) == Parameter::Type::string)
        check_bare_text({.path = resolve_path(scope.folder(), entry.value->text),
                         .text = entry.value->text,
                         .what = fmt::format("the input '{}'", entry.key),
                         .mark = entry.value->mark},
                        scope.spelling, problems);
      read_parameter(plain, scope, problems);
    } else {
      declare_data_input(entry, scope, problems);
    }
  }
  if (problems.error_count() != before) scope.incomplete = true;
}

void read_pipeline_inputs(const Fields& fields, const PipelineOverrides& overrides, Scope& scope,
                          Problems& problems) {
  declare_inputs(fields, scope, problems);
  if (!scope.incomplete) {
    apply_overrides(overrides, scope, problems);
    return;
  }
  // What is at their paths is not known: overrides could name what could not be read.
  for (auto& input : scope.inputs.all()) input.faulty = true;
}

void apply_overrides(const PipelineOverrides& overrides, Scope& scope, Problems& problems) {
  override_parameters(overrides, scope);
  override_inputs(overrides, scope);
  if (scope.context != nullptr && scope.context->may_lack_values) stand_in_for_values(scope);
  require_values(scope, problems);
  for (auto& input : scope.inputs.all()) {
    const auto what = fmt::format("the input '{}'", input.name);
    if (!input.has_value) {
      if (!input.optional && !input.given_badly)
        problems.error(input.mark, what + " has no path and none was given",
                       fmt::format("give one with -i {}=PATH", input.name));
      continue;
    }
    const auto* written = path_source(input.source);
    if (input.checked || written == nullptr || !written->path.empty() || !written->url.empty())
      continue;
    const auto found = locate_data({.text = written->text, .what = what, .mark = input.mark},
                                   input.type, scope, problems);
    input.checked = true;
    input.faulty = !found;
    if (!found) continue;
    input.source = found->source;
    input.type = found->type;
  }
}

void check_output_mode(const Fields& fields, const std::string& what, Problems& problems) {
  const auto mode = plain_text(fields, "mode", what, problems);
  const bool is_known = !mode || *mode == "rw_mount" || *mode == "upload" || *mode == "direct" ||
                        *mode == "mount" ||
                        (fields.spelling() == Spelling::cli_v2 && is_azure_mode(*mode));
  if (!is_known)
    problems.error(fields.find("mode")->mark,
                   fmt::format("unknown output mode '{}'", printable(*mode)),
                   "expected rw_mount, upload or direct; it makes no difference on this machine");
}

bool is_file_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos;
}

void read_pipeline_outputs(const Fields& fields, Scope& scope, Resolver& resolver,
                           Problems& problems) {
  const auto& entries = named_entries(fields, "outputs", scope, problems);
  if (!entries.empty()) check_io_names(*fields.find("outputs"), "output", problems);
  for (const auto& entry : entries) {
    const auto what = fmt::format("the output '{}'", entry.key);
    OutputEntry declared{.output = {.name = entry.key}, .mark = entry.mark};
    const Fields inner(*entry.value, Place::output, scope.spelling, what, problems);
    if (const auto* type = inner.has_not_yet() ? nullptr : inner.find("type"))
      if (const auto word = resolver.text(*type, "the type of " + what))
        declared.type = to_data_type(*word, type->mark, scope.spelling, problems);
    declared.output.type = declared.type.value_or(DataType::uri_folder);
    read_output_fields(inner, {.name = entry.key}, scope, resolver, problems, declared.output);
    scope.outputs.add(std::move(declared));
  }
}

}  // namespace mlpipe
