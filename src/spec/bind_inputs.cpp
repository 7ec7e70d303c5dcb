#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/text.h"
#include "spec/component.h"
#include "spec/data_paths.h"
#include "spec/data_sources.h"
#include "spec/parameters.h"
#include "spec/scalars.h"

namespace mlpipe {

namespace {

bool names_a_step(const std::string& text) {
  if (!has_expression(text)) return false;
  const auto pieces = split_expressions(text, false);
  return std::any_of(pieces.begin(), pieces.end(), [](const Piece& piece) {
    return piece.kind == Piece::Kind::reference &&
           (piece.reference.scope == Reference::Scope::step_output ||
            piece.reference.scope == Reference::Scope::step_input);
  });
}

/// Whether a value can be known only after the outputs of all steps are.
bool needs_outputs(const YamlValue& value) {
  if (value.is_scalar()) return names_a_step(value.text);
  const auto* plain = plain_value_in(value, Spelling::cli_v2);
  const auto* path = plain != nullptr ? plain : value.find("path");
  return path != nullptr && path->is_scalar() && names_a_step(path->text);
}

class Binder {
 public:
  Binder(StepEntry& step, Resolver& resolver, Problems& problems)
      : step_(step), component_(*step.component), resolver_(resolver), problems_(problems) {}

  void bind(BindPhase phase) {
    const auto* given = step_.is_unused ? nullptr : step_.fields.find("inputs");
    if (given != nullptr && !given->is_map()) {
      if (phase == BindPhase::values)
        problems_.error(
            given->mark,
            fmt::format("'inputs' must be a map from names to inputs, not {}", kind_name(*given)));
      return;
    }
    if (given != nullptr)
      for (const auto& entry : given->entries)
        if (needs_outputs(*entry.value) == (phase == BindPhase::outputs)) bind_one(entry);
    if (phase == BindPhase::outputs) require_all(given);
  }

 private:
  void bind_one(const YamlValue::Entry& entry) {
    auto& scope = component_.scope;
    auto* parameter = scope.parameters.find(entry.key);
    auto* input = scope.inputs.find(entry.key);
    if (parameter == nullptr && input == nullptr) {
      if (scope.incomplete) return;
      auto known = scope.parameters.names();
      for (auto& name : scope.inputs.names()) known.push_back(std::move(name));
      problems_.error(
          entry.mark,
          fmt::format("{} has no input '{}'{}", component_.name, printable(entry.key),
                      problems_.suggestion(entry.key, known)),
          known.empty() ? "it has none" : fmt::format("it has {}", fmt::join(known, ", ")));
      return;
    }
    const auto what = fmt::format("the input '{}'", entry.key);
    const bool may_be_left_out = parameter != nullptr ? parameter->optional : input->optional;
    if (step_.is_whole_file && input != nullptr && entry.value->is_map() &&
        entry.value->find("path") == nullptr)
      return;  // with -i
    if (entry.value->is_null()) {
      if (!may_be_left_out) without_value(parameter, input, entry);
      return;
    }
    const auto value = resolver_.input(*entry.value, what);
    if (std::holds_alternative<Unknown>(value)) {
      mark_as_given(parameter, input);
    } else if (parameter != nullptr) {
      bind_parameter(*parameter, value, entry);
    } else {
      bind_data(*input, value, entry, what);
    }
  }

  /// What is wrong with it was reported: not also that it is missing.
  static void mark_as_given(ParameterEntry* parameter, InputEntry* input) {
    if (parameter != nullptr) parameter->given_badly = true;
    if (input != nullptr) input->given_badly = input->faulty = true;
  }

  /// `x:` with nothing behind it.
  void without_value(ParameterEntry* parameter, InputEntry* input, const YamlValue::Entry& entry) {
    const bool has_default = parameter != nullptr ? parameter->has_value : input->has_value;
    const auto type = parameter != nullptr ? type_name(parameter->parameter.type)
                                           : std::string_view("path or binding");
    problems_.error(
        entry.value->mark, fmt::format("the input '{}' has no value", entry.key),
        fmt::format("write a {} for it{}", type,
                    has_default
                        ? fmt::format(", or take the line out: {} has a default", component_.name)
                        : std::string()));
    mark_as_given(parameter, input);
  }

  /// Where the value of an entry was written: what an outer component or the caller handed on
  /// stands elsewhere.
  [[nodiscard]] ValueOrigin origin_of(const YamlValue& value) const {
    const auto& scope = resolver_.scope();
    ValueOrigin here{.file = scope.file, .mark = value.mark};
    if (!value.is_scalar() || !has_expression(value.text)) return here;
    const auto pieces = split_expressions(value.text, false);
    if (pieces.size() != 1 || pieces[0].kind != Piece::Kind::reference) return here;
    const auto of = pieces[0].reference.scope;
    const bool names_outer = of == Reference::Scope::parameter ||
                             of == Reference::Scope::pipeline_input ||
                             of == Reference::Scope::own_input;
    const auto* outer = names_outer ? scope.parameters.find(pieces[0].reference.name) : nullptr;
    return outer != nullptr && outer->origin.file != nullptr ? outer->origin : here;
  }

  /// Tell of a value at the place where it was written.
  void tell(const ValueOrigin& origin, const YamlValue::Entry& entry, std::string message,
            bool is_error) {
    const auto& scope = resolver_.scope();
    const bool is_here = origin.file == scope.file && origin.mark == entry.value->mark;
    if (!origin.option.empty()) message += fmt::format(" ({})", origin.option);
    auto hint = is_here
                    ? component_.name + " says what it takes"
                    : fmt::format("the step '{}{}' hands it to {}: {}", scope.prefix, step_.name,
                                  component_.name, problems_.place(entry.value->mark));
    auto& problems = is_here ? problems_ : origin.file->problems;
    if (is_error)
      problems.error(origin.mark, std::move(message), std::move(hint));
    else
      problems.warning(origin.mark, std::move(message), std::move(hint));
  }

  void take_value(ParameterEntry& parameter, const std::string& text,
                  const YamlValue::Entry& entry) {
    const auto origin = origin_of(*entry.value);
    if (auto why = set_parameter(parameter, text, component_.scope.spelling); !why.empty()) {
      tell(origin, entry, std::move(why), true);
      parameter.given_badly = true;
      return;
    }
    parameter.origin = origin;
    auto outside = value_outside(parameter);
    if (outside.empty()) return;
    // Azure ML does not hold what a step gives to enum, min and max; files rely on that.
    const bool is_error = resolver_.scope().spelling == Spelling::ours;
    parameter.given_badly = is_error;
    tell(origin, entry, std::move(outside), is_error);
  }

  void bind_parameter(ParameterEntry& parameter, const Value& value,
                      const YamlValue::Entry& entry) {
    const auto& name = parameter.parameter.name;
    if (const auto* text = std::get_if<std::string>(&value)) {
      take_value(parameter, *text, entry);
    } else if (std::holds_alternative<NoValue>(value)) {
      if (parameter.optional || parameter.has_value) return;
      problems_.error(entry.value->mark,
                      fmt::format("'{}' is optional, but {} needs its input '{}'",
                                  printable(entry.value->text), component_.name, name),
                      "give it a value, or make the component's input optional");
      parameter.given_badly = true;
    } else {
      problems_.error(entry.value->mark,
                      fmt::format("'{}' is data, but {} takes {} {} for its input '{}'",
                                  printable(entry.value->text), component_.name,
                                  parameter.parameter.type == Parameter::Type::integer ? "an" : "a",
                                  type_name(parameter.parameter.type), name),
                      "declare the component's input as uri_file or uri_folder");
      parameter.given_badly = true;
    }
  }

  void bind_data(InputEntry& input, const Value& value, const YamlValue::Entry& entry,
                 const std::string& what) {
    if (input.faulty) return;
    if (const auto* data = std::get_if<DataBinding>(&value)) {
      input.source = data->source;
      input.type = data->type;
      if (data->mode) input.mode = *data->mode;
      input.has_value = true;
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      // A text for data is where it lies.
      if (is_no_path(*text)) {
        problems_.error(
            entry.value->mark,
            fmt::format("{}, but {} takes data for its input '{}'",
                        entry.value->text == *text
                            ? fmt::format("'{}' is a {}", *text, type_name(plain_type(*text)))
                            : fmt::format("'{}' is '{}', a {}", printable(entry.value->text), *text,
                                          type_name(plain_type(*text))),
                        component_.name, input.name),
            "bind it to data: an input with a path, or the output of another step");
        input.given_badly = input.faulty = true;
        return;
      }
      const auto found = locate_data({.text = *text, .what = what, .mark = entry.value->mark},
                                     input.type, resolver_.scope(), problems_);
      if (!found) {
        input.given_badly = input.faulty = true;
        return;
      }
      input.source = found->source;
      input.type = found->type;
      input.has_value = true;
    } else if (std::holds_alternative<NoValue>(value) && !input.optional) {
      problems_.error(entry.value->mark,
                      fmt::format("'{}' is optional, but {} needs its input '{}'",
                                  printable(entry.value->text), component_.name, input.name),
                      "give it a value, or make the component's input optional");
      input.given_badly = input.faulty = true;
    }
  }

  /// A number or boolean, unless something is called so.
  [[nodiscard]] bool is_no_path(const std::string& text) const {
    return plain_type(text) != Parameter::Type::string &&
           !stat_if_accessible(resolve_path(resolver_.scope().folder(), text));
  }

  void require_all(const YamlValue* given) {
    const auto mark = given == nullptr ? step_.mark : given->mark;
    for (const auto& entry : component_.scope.parameters.all())
      if (!entry.has_value && !entry.optional && !entry.given_badly)
        missing(entry.parameter.name, std::string(type_name(entry.parameter.type)), mark);
    for (auto& entry : component_.scope.inputs.all()) {
      if (!entry.has_value && !entry.optional && !entry.given_badly && !entry.faulty)
        missing(entry.name, std::string(data_type_name(entry.type)), mark);
      if (entry.has_value) locate_default(entry);
    }
  }

  void missing(const std::string& name, const std::string& type, Mark mark) {
    problems_.error(mark,
                    fmt::format("the step '{}' gives no value for the input '{}' ({}) of {}",
                                step_.name, name, type, component_.name),
                    fmt::format("add it: inputs: {{{}: …}}", name));
  }

  /// A path that stands in the component itself.
  void locate_default(InputEntry& entry) {
    const auto* source = path_source(entry.source);
    if (source == nullptr || !source->path.empty() || !source->url.empty() || entry.checked) return;
    entry.checked = true;
    const auto found = locate_data({.text = source->text,
                                    .what = fmt::format("the input '{}'", entry.name),
                                    .mark = entry.mark},
                                   entry.type, component_.scope, component_.problems());
    entry.has_value = found.has_value();
    entry.given_badly = entry.faulty = !found;
    if (!found) return;
    entry.source = found->source;
    entry.type = found->type;
  }

  StepEntry& step_;
  ComponentUse& component_;
  Resolver& resolver_;
  Problems& problems_;
};

}  // namespace

void bind_inputs(StepEntry& step, BindPhase phase, Resolver& resolver, Problems& problems) {
  Binder(step, resolver, problems).bind(phase);
}

}  // namespace mlpipe
