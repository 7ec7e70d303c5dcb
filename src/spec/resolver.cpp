#include "spec/resolver.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "spec/data_paths.h"
#include "spec/data_sources.h"
#include "spec/parameters.h"
#include "spec/scalars.h"

namespace mlpipe {

namespace {

constexpr int longest_chain = 100;
constexpr std::size_t longest_text = std::size_t{16} << 20U;  // more than a command line takes
constexpr int most_followed = 10'000;

std::vector<std::string> outputs_in(const StepEntry& step, const Pipeline& pipeline) {
  if (!step.id)
    return step.component ? step.component->scope.outputs.names() : std::vector<std::string>();
  std::vector<std::string> names;
  for (const auto& output : pipeline[*step.id].outputs) names.push_back(output.name);
  return names;
}

/// "the pipeline", or what a component that is being read is called.
std::string_view owner(const Scope& scope) {
  return scope.is_component ? "the component" : "the pipeline";
}

std::string it_has(const std::vector<std::string>& names) {
  if (names.empty()) return "it has none";
  if (names.size() > 20) return fmt::format("it has {} others", names.size());
  return fmt::format("it has {}", fmt::join(names, ", "));
}

}  // namespace

Unknown Resolver::wrong(Mark mark, std::string message, std::string expected) {
  problems_.error(mark, std::move(message), std::move(expected));
  return {};
}

Mark Resolver::mark_of(const YamlValue& value, const std::string& written) const {
  if (value.mark.line == 0) return value.mark;
  const auto& source = problems_.source();
  const auto start = source.offset(value.mark);
  // Blanks at line ends and escapes make the source longer than the value, but not by much.
  constexpr std::size_t farthest = 16'384;  // a text may hold very many expressions
  const auto reach = source.text().substr(start, std::min(2 * value.text.size() + 1000, farthest));
  const auto at = reach.find(written);
  return at == std::string_view::npos ? value.mark : source.mark(start + at);
}

Value Resolver::resolve(const Reference& reference, const std::string& written, Mark mark) {
  switch (reference.scope) {
    case Reference::Scope::parameter:
    case Reference::Scope::pipeline_input:
      return resolve_parent_input(reference, written, mark);
    case Reference::Scope::step_output:
      return resolve_step_output(reference, written, mark);
    case Reference::Scope::step_input:
      return resolve_step_input(reference, written, mark);
    case Reference::Scope::own_input:
      return resolve_own_input(reference, written, mark);
    case Reference::Scope::own_output:
    case Reference::Scope::pipeline_output:
      return wrong(mark, fmt::format("'{}' is an output, which has no value here", written),
                   "expected an input, a parameter, or the output of another step");
    case Reference::Scope::search_space:
      return wrong(mark, fmt::format("'{}' has a value in the trial of a sweep only", written),
                   "expected an input, a parameter, or the output of another step");
    case Reference::Scope::run_name:
      return wrong(mark, fmt::format("'{}' has a value in the path of an output only", written),
                   "it is another name in each run, so that nothing lies there before");
    case Reference::Scope::output_name:
    case Reference::Scope::default_datastore:
      return wrong(mark, fmt::format("'{}' has a value in the path of an output only", written),
                   "expected an input, a parameter, or the output of another step");
    case Reference::Scope::not_yet:
      return wrong(mark, fmt::format("mlpipe does not know '{}' yet", written),
                   "`mlpipe help expressions` lists what it knows");
  }
  return Unknown{};
}

Value Resolver::resolve_own_input(const Reference& reference, const std::string& written,
                                  Mark mark) {
  const bool is_known = scope_.parameters.find(reference.name) != nullptr ||
                        scope_.inputs.find(reference.name) != nullptr;
  if (scope_.is_component) return resolve_parent_input(reference, written, mark);
  if (scope_.spelling == Spelling::ours || !is_known)
    return wrong(mark,
                 fmt::format("'{}' is the step's own input, which has no value here", written),
                 fmt::format("did you mean ${{{{parent.inputs.{}}}}}?", reference.name));
  problems_.warning(mark, fmt::format("'{}' is the old form for an input of the pipeline", written),
                    fmt::format("write ${{{{parent.inputs.{}}}}}", reference.name));
  return resolve_parent_input(reference, written, mark);
}

Value Resolver::resolve_parent_input(const Reference& reference, const std::string& written,
                                     Mark mark) {
  const bool parameters_only = reference.scope == Reference::Scope::parameter;
  if (const auto* entry = scope_.parameters.find(reference.name)) {
    if (!entry->has_value) {
      if (entry->optional) return NoValue{};
      return Unknown{};  // reported with the parameter
    }
    return entry->parameter.value;
  }
  if (const auto* entry = scope_.inputs.find(reference.name)) {
    if (parameters_only)
      return wrong(
          mark, fmt::format("'{}' is data, not a parameter", reference.name),
          fmt::format("write ${{{{parent.inputs.{}}}}} under the step's inputs", reference.name));
    if (entry->faulty) return Unknown{};
    if (!entry->has_value) {
      if (entry->optional) return NoValue{};
      return Unknown{};
    }
    return DataBinding{.source = entry->source, .type = entry->type, .mode = entry->mode};
  }
  if (scope_.incomplete) return Unknown{};
  auto known = scope_.parameters.names();
  if (!parameters_only)
    for (auto& name : scope_.inputs.names()) known.push_back(std::move(name));
  return wrong(mark,
               fmt::format("'{}': {} has no {} '{}'{}", written, owner(scope_),
                           parameters_only ? "parameter" : "input or parameter", reference.name,
                           problems_.suggestion(reference.name, known)),
               it_has(known));
}

const StepEntry* Resolver::find_step(const Reference& reference, const std::string& written,
                                     Mark mark) {
  const auto* step = scope_.steps.find(reference.step);
  if (step == nullptr) {
    const auto known = problems_.suggests() ? scope_.steps.names() : std::vector<std::string>();
    problems_.error(mark,
                    fmt::format("'{}': the pipeline has no step '{}'{}", written, reference.step,
                                problems_.suggestion(reference.step, known)),
                    !known.empty() && known.size() <= 20
                        ? fmt::format("it has {}", fmt::join(known, ", "))
                        : std::string());
    return nullptr;
  }
  return step->readable ? step : nullptr;
}

std::optional<DataBinding> Resolver::find_output(const StepEntry& step,
                                                 const std::string& output) const {
  const auto* entry = &step;
  const auto* name = &output;
  while (!entry->id) {  // down to the step that makes it
    if (!entry->component) return std::nullopt;
    const auto& inner = entry->component->scope;
    const auto* promoted = inner.outputs.find(*name);
    if (promoted == nullptr || !promoted->written_by) return std::nullopt;
    entry = inner.steps.find(promoted->written_by->step);
    name = &promoted->written_by->output;
    if (entry == nullptr) return std::nullopt;
  }
  for (const auto& made : pipeline_[*entry->id].outputs)
    if (made.name == *name)
      return DataBinding{.source = OutputSource{.step = *entry->id, .output = *name},
                         .type = made.type};
  return std::nullopt;
}

Value Resolver::resolve_step_output(const Reference& reference, const std::string& written,
                                    Mark mark) {
  const auto* step = find_step(reference, written, mark);
  if (step == nullptr) return Unknown{};
  if (auto found = find_output(*step, reference.name)) return std::move(*found);
  const auto known = outputs_in(*step, pipeline_);
  const bool is_declared = std::find(known.begin(), known.end(), reference.name) != known.end();
  if (is_declared)
    return wrong(mark,
                 fmt::format("'{}': no step of '{}' writes its output '{}'", written,
                             reference.step, reference.name),
                 "bind an output of one of its steps to it");
  return wrong(mark,
               fmt::format("'{}': the step '{}' has no output '{}'{}", written, reference.step,
                           reference.name, problems_.suggestion(reference.name, known)),
               it_has(known));
}

Value Resolver::resolve_step_input(const Reference& reference, const std::string& written,
                                   Mark mark) {
  const auto* step = find_step(reference, written, mark);
  if (step == nullptr) return Unknown{};
  const auto* inputs = step->fields.find("inputs");
  const auto* value = inputs == nullptr ? nullptr : inputs->find(reference.name);
  if (value == nullptr) {
    std::vector<std::string> known;
    if (inputs != nullptr)
      for (const auto& entry : inputs->entries) known.push_back(entry.key);
    if (step->component) {
      const auto* declared = step->component->scope.parameters.find(reference.name);
      if (declared != nullptr && !declared->parameter.default_value.empty())
        return declared->parameter.default_value;
      if (declared != nullptr && declared->optional) return NoValue{};
      known = step->component->scope.parameters.names();
      for (auto& name : step->component->scope.inputs.names()) known.push_back(std::move(name));
    }
    return wrong(mark,
                 fmt::format("'{}': the step '{}' has no input '{}'{}", written, reference.step,
                             reference.name, problems_.suggestion(reference.name, known)),
                 it_has(known));
  }
  if (depth_ >= longest_chain)
    return wrong(mark, fmt::format("'{}' leads back to itself", written),
                 "bind one of these inputs to a value");
  if (followed_ > most_followed) return Unknown{};  // reported the first time
  if (++followed_ > most_followed)
    return wrong(
        mark, fmt::format("'{}' leads through more than {} other inputs", written, most_followed),
        "bind one of these inputs to a value");
  ++depth_;
  auto found = input(*value, fmt::format("the input '{}'", reference.name));
  --depth_;
  return found;
}

Value Resolver::input(const YamlValue& value, const std::string& what) {
  switch (value.kind) {
    case YamlValue::Kind::null:
      return wrong(value.mark, what + " has no value",
                   "write one; data that may be left out is {type: uri_folder, optional: true}");
    case YamlValue::Kind::scalar:
      return scalar_input(value, what);
    case YamlValue::Kind::map: {
      const auto* plain = plain_value_in(value, scope_.spelling);
      return plain != nullptr ? input(*plain, what) : object_input(value, what);
    }
    case YamlValue::Kind::sequence:
      return wrong(value.mark, what + " must be a single value or a map, not a list",
                   "data of several places needs several inputs");
  }
  return Unknown{};
}

Value Resolver::scalar_input(const YamlValue& value, const std::string& what) {
  if (!has_expression(value.text)) {
    if (scalar_type(value) == Parameter::Type::string)
      check_bare_text({.path = resolve_path(scope_.folder(), value.text),
                       .text = value.text,
                       .what = what,
                       .mark = value.mark},
                      scope_.spelling, problems_);
    return literal_text(value, scope_.spelling);
  }
  const auto pieces = split_expressions(value.text, false);
  if (pieces.size() == 1 && pieces[0].kind == Piece::Kind::reference)
    return resolve(pieces[0].reference, pieces[0].text, mark_of(value, pieces[0].text));
  const bool before = std::exchange(missing_is_empty_, scope_.spelling == Spelling::cli_v2);
  auto whole = text(value, what);
  missing_is_empty_ = before;
  if (!whole) return Unknown{};
  return std::move(*whole);
}

Value Resolver::object_input(const YamlValue& value, const std::string& what) {
  if (is_literal_input(value))
    return wrong(value.mark, what + " is a plain value: write the value alone",
                 "a type, default or bounds belong to the pipeline's parameters");
  const Fields fields(value, Place::input, scope_.spelling, what, problems_);
  fields.check_single("description", what, problems_);
  const auto* path = fields.find("path");
  const auto optional = is_optional(fields, what);
  std::optional<DataType> type;
  if (const auto* field = fields.find("type"))
    if (const auto word = text(*field, "the type of " + what)) {
      type = to_data_type(*word, field->mark, scope_.spelling, problems_);
      if (!type) return Unknown{};
    }
  std::optional<InputMode> mode;
  if (const auto* field = fields.find("mode"))
    if (const auto word = text(*field, "the mode of " + what))
      mode = to_input_mode(*word, field->mark, scope_.spelling, problems_);
  if (path == nullptr) {
    if (optional) return NoValue{};
    if (fields.has_not_yet()) return Unknown{};
    return wrong(value.mark, what + " has no path", "expected path: …");
  }
  std::string datastore;
  if (const auto* field = fields.find("datastore"))
    datastore = text(*field, "the datastore of " + what).value_or("");
  auto found = path_input(*path, type.value_or(DataType::uri_folder), datastore, what);
  auto* data = std::get_if<DataBinding>(&found);
  if (data == nullptr) return found;
  if (type && data->type != *type && scope_.spelling == Spelling::ours)
    return wrong(value.mark,
                 fmt::format("{} is declared as {}, but what it is bound to is a {}", what,
                             data_type_name(*type), data_type_name(data->type)),
                 "make both the same");
  if (mode) data->mode = mode;
  return found;
}

bool Resolver::is_optional(const Fields& fields, const std::string& what) {
  fields.check_single("optional", what, problems_);
  const auto* value = fields.find("optional");
  if (value == nullptr || !value->is_scalar()) return false;
  return to_boolean({value->text, value->mark, "'optional'"}, problems_).value_or(false);
}

Value Resolver::path_input(const YamlValue& path, DataType type, const std::string& datastore,
                           const std::string& what) {
  if (path.is_scalar() && has_expression(path.text)) {
    const auto pieces = split_expressions(path.text, false);
    if (pieces.size() == 1 && pieces[0].kind == Piece::Kind::reference) {
      auto found = resolve(pieces[0].reference, pieces[0].text, mark_of(path, pieces[0].text));
      if (!std::holds_alternative<std::string>(found)) return found;
    }
  }
  auto written = text(path, "the path of " + what);
  if (!written) return Unknown{};
  if (!datastore.empty()) written = datastore_uri(datastore, *written);
  auto found =
      locate_data({.text = *written, .what = what, .mark = path.mark}, type, scope_, problems_);
  if (!found) return Unknown{};
  return DataBinding{.source = std::move(found->source), .type = found->type};
}

std::optional<std::string> Resolver::text(const YamlValue& value, const std::string& what,
                                          std::vector<std::string>* used) {
  if (!value.is_scalar()) {
    problems_.error(value.mark,
                    fmt::format("{} must be a single value, not {}", what, kind_name(value)));
    return std::nullopt;
  }
  if (!has_expression(value.text)) return value.text;
  std::string whole;
  bool good = true;
  for (const auto& piece : split_expressions(value.text, false)) {
    if (piece.kind == Piece::Kind::text) {
      whole += piece.text;
      continue;
    }
    const auto mark = mark_of(value, piece.text);
    if (piece.kind != Piece::Kind::reference) {
      problems_.error(value.mark, piece.text, piece.expected);
      good = false;
      continue;
    }
    const auto found = resolve(piece.reference, piece.text, mark);
    if (const auto* literal = std::get_if<std::string>(&found)) {
      whole += *literal;
      if (whole.size() > longest_text) {
        problems_.error(mark, fmt::format("{} is longer than {} bytes, with all its values put in",
                                          what, longest_text));
        return std::nullopt;
      }
      const bool of_pipeline = piece.reference.scope == Reference::Scope::parameter ||
                               piece.reference.scope == Reference::Scope::pipeline_input;
      if (used != nullptr && of_pipeline) used->push_back(piece.reference.name);
      continue;
    }
    if (missing_is_empty_ && std::holds_alternative<NoValue>(found)) {
      problems_.warning(mark, fmt::format("'{}' has no value: nothing stands in its place in {}",
                                          piece.text, what));
      continue;
    }
    good = false;
    if (std::holds_alternative<DataBinding>(found))
      problems_.error(mark, fmt::format("'{}' is data and cannot be part of a text", piece.text),
                      "bind it to an input of its own");
    else if (std::holds_alternative<NoValue>(found))
      problems_.error(mark, fmt::format("'{}' has no value", piece.text),
                      scope_.outer == nullptr
                          ? fmt::format("give one with -p {}=…", piece.reference.name)
                          : fmt::format("give one in the step that uses this component: inputs: "
                                        "{{{}: …}}",
                                        piece.reference.name));
  }
  if (!good) return std::nullopt;
  return whole;
}

}  // namespace mlpipe
