#include "spec/parameters.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/text.h"
#include "spec/read_source.h"
#include "spec/scalars.h"

namespace mlpipe {

namespace {

using Type = Parameter::Type;

std::optional<Type> parse_type(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (const auto type : {Type::string, Type::integer, Type::number, Type::boolean})
    if (type_name(type) == text) return type;
  return std::nullopt;
}

bool same_number(std::string_view a, std::string_view b) {
  const auto left = parse_number(a);
  const auto right = parse_number(b);
  return left && right && *left == *right;
}

bool is_of_type(Type type, std::string_view text) {
  switch (type) {
    case Type::string:
      return true;
    case Type::integer:
      return plain_type(text) == Type::integer;
    case Type::number:
      return parse_number(text).has_value();
    case Type::boolean:
      return parse_boolean(text).has_value();
  }
  return false;
}

/// Why `text`, which is of the right type, is outside of `enum`, `min` and `max`, or "".
std::string outside(const ParameterEntry& entry, std::string_view text) {
  const auto& parameter = entry.parameter;
  const auto number = parse_number(text);
  if (parameter.min && number && !(*number >= *parameter.min))
    return fmt::format("the parameter '{}' must be at least {}, not {}", parameter.name,
                       *parameter.min, text);
  if (parameter.max && number && !(*number <= *parameter.max))
    return fmt::format("the parameter '{}' must be at most {}, not {}", parameter.name,
                       *parameter.max, text);
  const bool listed =
      parameter.choices.empty() ||
      std::any_of(
          parameter.choices.begin(), parameter.choices.end(), [&](const std::string& choice) {
            return choice == text || (parameter.type != Type::string && same_number(choice, text));
          });
  if (listed) return {};
  return fmt::format("the parameter '{}' takes {}, not '{}'{}", parameter.name,
                     any_of(parameter.choices), printable(text),
                     parameter.type == Type::string ? did_you_mean(text, parameter.choices) : "");
}

/// Why `text` is not of the parameter's type, or "".
std::string objection_to_type(const ParameterEntry& entry, std::string_view text) {
  if (entry.takes_anything) return {};
  const auto& parameter = entry.parameter;
  if (!is_of_type(parameter.type, text)) {
    const auto shown = printable(text);
    if (!entry.typed && parameter.type == Type::integer && parse_number(text))
      return fmt::format(
          "the parameter '{0}' is an integer, as its default {1} is, and does not take {2}; to "
          "allow it write `{0}: {{type: number, default: {1}}}`",
          parameter.name, parameter.default_value, shown);
    return fmt::format("the parameter '{}' takes {} {}, not '{}'{}", parameter.name,
                       parameter.type == Type::integer ? "an" : "a", type_name(parameter.type),
                       shown, parameter.type == Type::boolean ? ": write true or false" : "");
  }
  return {};
}

/// Why `text` is no value for the parameter, or "".
std::string objection(const ParameterEntry& entry, std::string_view text) {
  auto why = objection_to_type(entry, text);
  return why.empty() && !entry.takes_anything ? outside(entry, text) : why;
}

/// As Azure ML reads an integer that is written with a point: 5.0 is 5.
std::string whole_number(const ParameterEntry& entry, const std::string& text) {
  if (entry.parameter.type != Type::integer || plain_type(text) == Type::integer) return text;
  const auto number = parse_number(text);
  const bool is_whole = number && std::abs(*number) < 9e15 && *number == std::trunc(*number);
  return is_whole ? std::to_string(static_cast<std::int64_t>(*number)) : text;
}

/// The text of a value as a step sees it.
std::string normalized(const ParameterEntry& entry, const std::string& text, Spelling spelling) {
  if (entry.parameter.type == Type::boolean)
    if (const auto value = parse_boolean(text)) return boolean_text(*value, spelling);
  return text;
}

const YamlValue* scalar_field(const Fields& fields, std::string_view key, const std::string& name,
                              Problems& problems) {
  const auto* value = fields.find(key);
  if (value == nullptr || value->is_scalar()) return value;
  problems.error(value->mark,
                 fmt::format("'{}' of the parameter '{}' must be a single value, not {}", key, name,
                             kind_name(*value)));
  return nullptr;
}

std::optional<double> bound(const Fields& fields, std::string_view key, const ParameterEntry& entry,
                            Problems& problems) {
  const auto* value = scalar_field(fields, key, entry.parameter.name, problems);
  if (value == nullptr) return std::nullopt;
  const auto number = parse_number(value->text);
  if (!number || entry.parameter.type == Type::string || entry.parameter.type == Type::boolean) {
    problems.error(value->mark, fmt::format("'{}' of the parameter '{}' must be a number, and the "
                                            "parameter's type integer or number",
                                            key, entry.parameter.name));
    return std::nullopt;
  }
  return number;
}

void read_choices(const Fields& fields, ParameterEntry& entry, Problems& problems) {
  const auto* list = fields.find("enum");
  if (list == nullptr) return;
  if (!list->is_sequence() || list->items.empty()) {
    problems.error(
        list->mark,
        fmt::format("'enum' of the parameter '{}' must be a list of values, not {}",
                    entry.parameter.name, list->is_sequence() ? "an empty one" : kind_name(*list)),
        "for example enum: [small, large]");
    return;
  }
  for (const auto* item : list->items) {
    if (!item->is_scalar())
      problems.error(item->mark, fmt::format("each value of 'enum' must be a single value, not {}",
                                             kind_name(*item)));
    else if (!is_of_type(entry.parameter.type, item->text))
      problems.error(item->mark,
                     fmt::format("'{}' in 'enum' is not of the parameter's type, {}",
                                 printable(item->text), type_name(entry.parameter.type)));
    else
      entry.parameter.choices.push_back(item->text);
  }
}

void read_long_form(const YamlValue& value, ParameterEntry& entry, const Scope& scope,
                    Problems& problems) {
  auto& parameter = entry.parameter;
  const Fields fields(value, Place::parameter, scope.spelling,
                      fmt::format("the parameter '{}'", parameter.name), problems);
  const auto* initial = scalar_field(fields, "default", parameter.name, problems);
  if (const auto* type = scalar_field(fields, "type", parameter.name, problems)) {
    const auto known = parse_type(type->text);
    if (!known)
      problems.error(type->mark, fmt::format("unknown parameter type '{}'", printable(type->text)),
                     "expected string, integer, number or boolean; data belongs under 'inputs'");
    parameter.type = known.value_or(Type::string);
  } else if (initial != nullptr) {
    parameter.type = scalar_type(*initial);
  }
  if (const auto* text = scalar_field(fields, "description", parameter.name, problems))
    parameter.description = text->text;
  if (const auto* optional = scalar_field(fields, "optional", parameter.name, problems))
    entry.optional =
        to_boolean({optional->text, optional->mark, "'optional'"}, problems).value_or(false);
  entry.parameter.min = bound(fields, "min", entry, problems);
  entry.parameter.max = bound(fields, "max", entry, problems);
  read_choices(fields, entry, problems);
  if (initial == nullptr) return;
  entry.has_value = true;
  entry.origin = {.file = scope.file, .mark = initial->mark};
  const auto text =
      scope.spelling == Spelling::cli_v2 ? whole_number(entry, initial->text) : initial->text;
  parameter.default_value = normalized(entry, text, scope.spelling);
  auto why = objection_to_type(entry, text);
  const bool is_of_type = why.empty();
  if (is_of_type) why = outside(entry, text);
  if (why.empty()) return;
  if (is_of_type && scope.spelling == Spelling::cli_v2)  // Azure ML does not look
    problems.warning(initial->mark, std::move(why));
  else
    problems.error(initial->mark, std::move(why));
}

/// The entry for an override, or a sentence why there is none.
std::string find_overridden(const Scope& scope, const std::string& name) {
  if (scope.parameters.find(name) != nullptr) return {};
  if (scope.inputs.find(name) != nullptr)
    return fmt::format("'{0}' is data, not a parameter: use -i {0}=PATH", printable(name));
  const auto known = scope.parameters.names();
  return fmt::format(
      "the pipeline has no parameter '{}'{}{}", printable(name), did_you_mean(name, known),
      known.empty() ? "; it has none at all" : fmt::format("; it has {}", fmt::join(known, ", ")));
}

void override_from_file(const std::filesystem::path& file, Scope& scope) {
  const auto source = read_source(file, "parameter file");
  Problems problems(source);
  const auto document = parse_yaml(source, problems);
  const auto* root = document.root();
  if (root != nullptr && !root->is_map())
    problems.error(root->mark,
                   fmt::format("a parameter file must be a map, not {}", kind_name(*root)),
                   "expected lines such as learning_rate: 0.1");
  for (const auto& entry : root == nullptr ? std::vector<YamlValue::Entry>{} : root->entries) {
    if (const auto why = find_overridden(scope, entry.key); !why.empty()) {
      problems.error(entry.mark, why);
      continue;
    }
    auto& parameter = *scope.parameters.find(entry.key);
    if (!entry.value->is_scalar())
      problems.error(entry.value->mark,
                     fmt::format("the parameter '{}' must be a single value, not {}", entry.key,
                                 kind_name(*entry.value)));
    else if (const auto why = objection(parameter, entry.value->text); !why.empty())
      problems.error(entry.value->mark, why);
    else
      parameter.parameter.value = parameter.parameter.type == Type::string && !parameter.typed
                                      ? literal_text(*entry.value, scope.spelling)
                                      : normalized(parameter, entry.value->text, scope.spelling);
    parameter.has_value = parameter.parameter.overridden = true;
    parameter.origin = {.file = scope.file, .mark = parameter.mark, .option = "--params"};
  }
  problems.throw_if_any();
}

}  // namespace

void check_io_name(const std::string& name, std::string_view what, Mark mark, Problems& problems) {
  static constexpr std::array<std::string_view, 7> reserved = {
      "path", "ld_library_path", "user", "logname", "home", "pwd", "shell"};
  const auto thing = fmt::format("{} {}", what == "parameter" ? "a" : "an", what);
  if (!is_name(name)) {
    problems.error(mark, fmt::format("'{}' cannot be the name of {}", printable(name), thing),
                   "a name has letters, digits and _, and does not begin with a digit");
    return;
  }
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (std::find(reserved.begin(), reserved.end(), lower) == reserved.end()) return;
  problems.error(mark, fmt::format("the name '{}' is reserved and cannot name {}", name, thing),
                 fmt::format("reserved are {}", fmt::join(reserved, ", ")));
}

bool is_literal_input(const YamlValue& value) {
  if (value.is_scalar()) return true;
  if (!value.is_map()) return false;
  const auto* type = value.find("type");
  return type != nullptr && type->is_scalar() && parse_type(type->text).has_value();
}

void read_parameter(const YamlValue::Entry& entry, Scope& scope, Problems& problems) {
  ParameterEntry read;
  read.parameter.name = entry.key;
  read.mark = entry.mark;
  const auto& value = *entry.value;
  switch (value.kind) {
    case YamlValue::Kind::null:
      break;
    case YamlValue::Kind::scalar:
      read.typed = false;
      read.has_value = true;
      read.origin = {.file = scope.file, .mark = value.mark};
      read.parameter.type = scalar_type(value);
      read.parameter.default_value = literal_text(value, scope.spelling);
      read.takes_anything = scope.spelling == Spelling::cli_v2;
      break;
    case YamlValue::Kind::map:
      read_long_form(value, read, scope, problems);
      break;
    case YamlValue::Kind::sequence:
      problems.error(
          value.mark,
          fmt::format("the parameter '{}' must be a single value, not a list", entry.key),
          "a step can be given several values as one text with commas");
      read.has_value = true;
      break;
  }
  if (read.parameter.default_value.find("${{") != std::string::npos)
    problems.error(value.mark,
                   fmt::format("the value of '{}' cannot hold an expression", entry.key),
                   "write the value itself; expressions belong to steps");
  read.parameter.value = read.parameter.default_value;
  scope.parameters.add(std::move(read));
}

namespace {

void override_each(const std::vector<std::pair<std::string, std::string>>& parameters,
                   Scope& scope) {
  for (const auto& [name, text] : parameters) {
    if (const auto why = find_overridden(scope, name); !why.empty())
      fail(ErrorKind::usage, "-p {}={}: {}", printable(name), printable(text), why);
    auto& entry = *scope.parameters.find(name);
    if (const auto why = objection(entry, text); !why.empty())
      fail(ErrorKind::usage, "-p {}={}: {}", name, printable(text), why);
    entry.parameter.value = normalized(entry, text, scope.spelling);
    entry.has_value = entry.parameter.overridden = true;
    entry.origin = {.file = scope.file,
                    .mark = entry.mark,
                    .option = fmt::format("-p {}={}", name, printable(text))};
  }
}

}  // namespace

void override_parameters(const PipelineOverrides& overrides, Scope& scope) {
  override_each(overrides.earlier_parameters, scope);
  for (const auto& file : overrides.parameter_files) override_from_file(file, scope);
  override_each(overrides.parameters, scope);
}

std::string set_parameter(ParameterEntry& entry, const std::string& text, Spelling spelling) {
  const auto value = spelling == Spelling::cli_v2 ? whole_number(entry, text) : text;
  if (auto why = objection_to_type(entry, value); !why.empty()) return why;
  entry.parameter.value = normalized(entry, value, spelling);
  entry.has_value = true;
  return {};
}

std::string value_outside(const ParameterEntry& entry) {
  return outside(entry, entry.parameter.value);
}

const YamlValue* plain_value_in(const YamlValue& value, Spelling spelling) {
  const bool is_plain = spelling == Spelling::cli_v2 && value.is_map() &&
                        value.entries.size() == 1 && value.entries[0].key == "value" &&
                        (value.entries[0].value->is_scalar() || value.entries[0].value->is_null());
  return is_plain ? value.entries[0].value : nullptr;
}

void require_values(const Scope& scope, Problems& problems) {
  for (const auto& entry : scope.parameters.all())
    if (!entry.has_value && !entry.optional && !entry.given_badly)
      problems.error(entry.mark,
                     fmt::format("the parameter '{}' has no default and no value was given",
                                 entry.parameter.name),
                     fmt::format("give one with -p {}=…", entry.parameter.name));
}

}  // namespace mlpipe
