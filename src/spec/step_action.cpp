#include <algorithm>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "spec/data_paths.h"
#include "spec/step_reader.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// `only_with`: as Segment has it.
void add_segment(Template& segments, Segment::Kind kind, std::string_view text,
                 const std::vector<std::string>& only_with = {}) {
  if (kind == Segment::Kind::text) {
    if (text.empty()) return;
    if (!segments.empty() && segments.back().kind == Segment::Kind::text &&
        segments.back().only_with == only_with) {
      segments.back().text += text;
      return;
    }
  }
  segments.push_back({.kind = kind, .text = std::string(text), .only_with = only_with});
}

/// The quote that is open after `text`, if `quote` was open before it.
char quote_after(std::string_view text, char quote) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && quote != '\'')
      ++i;
    else if (quote == 0 && (c == '"' || c == '\''))
      quote = c;
    else if (c == quote)
      quote = 0;
  }
  return quote;
}

/// Whether a shell would take `value`, pasted inside `quote`, for something else than one word.
bool breaks_word(std::string_view value, char quote) {
  if (quote == '\'') return value.find('\'') != std::string_view::npos;
  if (quote == '"') {
    if (value.find_first_of("\"$`") != std::string_view::npos || value.ends_with('\\')) return true;
    // A backslash stays what it is before most characters.
    return value.find("\\\\") != std::string_view::npos ||
           value.find("\\\n") != std::string_view::npos;
  }
  return value.find_first_of(" \t\n|&;<>()$`\\\"'*?[]#~!{}") != std::string_view::npos;
}

/// How a value can be pasted into a command as it is.
std::string quoting_hint(const std::string& expression, std::string_view value, char quote,
                         Spelling spelling) {
  if (!breaks_word(value, '"')) return "quote it in the command: \"" + expression + "\"";
  if (!breaks_word(value, '\'') && quote != '\'')
    return "quote it in the command: '" + expression + "'";
  return spelling == Spelling::ours
             ? "use script_name and arguments, where no shell is involved"
             : fmt::format(
                   "hand it over by environment_variables: {{VALUE: \"{}\"}}, and write "
                   "\"$VALUE\" in the command",
                   expression);
}

/// Whether the ending of a script's name says what starts it.
bool has_interpreter(const std::string& script) {
  const auto ending = fs::path(script).extension();
  return ending == ".py" || ending == ".R" || ending == ".r" || ending == ".sh";
}

std::vector<std::string> outputs_of(const Step& step) {
  std::vector<std::string> names;
  for (const auto& output : step.outputs) names.push_back(output.name);
  return names;
}

}  // namespace

void StepReader::read_action() {
  const auto* command = fields_.find("command");
  const bool ours = scope_.spelling == Spelling::ours;
  const auto* script = ours ? fields_.find("script_name") : nullptr;
  const auto* arguments = ours ? fields_.find("arguments") : nullptr;
  if (command != nullptr && (script != nullptr || arguments != nullptr)) {
    problems_.error((script != nullptr ? script : arguments)->mark,
                    fmt::format("the step '{}' has both '{}' and 'command'", step_.name,
                                script != nullptr ? "script_name" : "arguments"),
                    "a step has either a script with arguments or a command");
    return;
  }
  if (command != nullptr) {
    read_command(*command);
  } else if (script != nullptr) {
    read_script();
  } else if (!fields_.has_unknown()) {  // which may be it, misspelt
    problems_.error(mark_,
                    scope_.is_component && scope_.outer != nullptr
                        ? "the component does not say what to run" + fields_.misspelt("command")
                        : fmt::format("the step '{}' does not say what to run", step_.name),
                    ours ? "expected script_name: … or command: …" : "expected command: …");
  }
}

void StepReader::read_command(const YamlValue& value) {
  if (!value.is_scalar()) {
    problems_.error(value.mark, fmt::format("'command' must be text, not {}", kind_name(value)),
                    scope_.spelling == Spelling::ours
                        ? "for a list without a shell use script_name and arguments"
                        : "expected one shell command, or several lines after |");
    return;
  }
  if (trim(value.text).empty())
    problems_.error(value.mark, "'command' is empty", "expected a shell command");
  warn_of_single_braces(value, true);
  warn_of_missing_source_directory(value);
  step_.action = CommandAction{.command = read_template(value, true)};
}

void StepReader::read_script() {
  ScriptAction action;
  const auto& value = *fields_.find("script_name");
  if (const auto name = text(value, "'script_name'", true)) {
    action.script_name = name->text;
    if (!stays_below(name->text))
      problems_.error(
          value.mark,
          fmt::format("the script '{}' leads out of the source directory", printable(name->text)),
          "expected a path below the source directory");
    else if (fields_.find("source_directory") == nullptr)
      problems_.error(
          mark_, fmt::format("the step '{}' has a script, but no source directory", step_.name),
          fmt::format("add source_directory: … , the folder that holds {}", printable(name->text)));
    else
      check_script(value, name->text);
    action.script_name = fs::path(name->text).lexically_normal().string();
  }
  if (const auto* arguments = fields_.find("arguments")) {
    if (arguments->is_sequence())
      read_arguments(*arguments, action.arguments);
    else
      problems_.error(arguments->mark,
                      fmt::format("'arguments' must be a list, not {}", kind_name(*arguments)),
                      "for example [--epochs, \"3\"]: each element is one argument");
  }
  step_.action = std::move(action);
}

void StepReader::check_script(const YamlValue& value, const std::string& script) {
  if (sources_.directory.empty() || is_frozen()) return;
  try {
    const auto folder = stat_file(sources_.directory);
    if (!folder || folder->kind != FileKind::folder) return;  // reported already
    const auto path = sources_.directory / script;
    const auto stat = stat_file(path);
    if (!stat) {
      const bool nested = script.find('/') != std::string::npos;
      problems_.error(
          value.mark,
          fmt::format("the script '{}' is not in the source directory{}", printable(script),
                      nested ? "" : problems_.suggestion(script, list_names(sources_.directory))),
          fmt::format("looked at {}", printable(path.string())));
    } else if (stat->kind != FileKind::file) {
      problems_.error(value.mark, fmt::format("the script '{}' is not a file", printable(script)),
                      fmt::format("looked at {}", printable(path.string())));
    } else if (!stat->executable && !has_interpreter(script)) {
      problems_.error(value.mark,
                      fmt::format("the script '{}' cannot be run: it is not executable, and its "
                                  "name does not end in .py, .R or .sh",
                                  printable(script)),
                      fmt::format("give it a first line such as #!/bin/sh, then chmod +x {}",
                                  printable(path.string())));
    }
  } catch (const Error& error) {
    problems_.error(value.mark, error.what());
  }
}

void StepReader::read_arguments(const YamlValue& list, std::vector<Template>& arguments) {
  for (const auto* item : list.items) {
    if (!item->is_sequence()) {
      read_argument(*item, arguments);
    } else {
      const bool dropped = group_is_dropped(*item);
      for (const auto* inner : item->items) {
        if (inner->is_sequence())
          problems_.error(inner->mark, "an optional group in 'arguments' cannot hold another list",
                          "write each argument as a single value");
        else if (dropped)
          static_cast<void>(check_argument(*inner));
        else
          read_argument(*inner, arguments);
      }
    }
  }
}

bool StepReader::check_argument(const YamlValue& item) {
  if (!item.is_scalar()) {
    problems_.error(
        item.mark, fmt::format("an argument must be a single value, not {}", kind_name(item)),
        item.is_null() ? "for an empty argument write \"\"" : "write it in quotes if it is text");
    return false;
  }
  if (item.text.find("$[[") != std::string::npos)
    problems_.error(item.mark, "'$[[ … ]]' works in 'command' only",
                    "in 'arguments' write an optional part as a list in the list: "
                    "[--data, [--extra, \"${{inputs.extra}}\"]]");
  return true;
}

void StepReader::read_argument(const YamlValue& item, std::vector<Template>& arguments) {
  if (!check_argument(item)) return;
  warn_of_path_in_argument(item);
  warn_of_single_braces(item, false);
  arguments.push_back(read_template(item, false));
}

bool StepReader::lacks_value(const Piece& piece) const {
  if (piece.kind != Piece::Kind::reference) return false;
  const auto& name = piece.reference.name;
  if (piece.reference.scope == Reference::Scope::own_input) {
    const auto own = own_inputs_.find(name);
    return own != own_inputs_.end() && std::holds_alternative<NoValue>(own->second);
  }
  if (piece.reference.scope != Reference::Scope::parameter &&
      piece.reference.scope != Reference::Scope::pipeline_input)
    return false;
  if (const auto* parameter = scope_.parameters.find(name))
    return parameter->optional && !parameter->has_value;
  const auto* input = scope_.inputs.find(name);
  return input != nullptr && input->optional && !input->has_value && !input->faulty;
}

std::vector<std::string> StepReader::optional_data_in(const std::vector<Piece>& pieces) const {
  std::vector<std::string> names;
  for (const auto& piece : pieces) {
    if (piece.kind != Piece::Kind::reference ||
        piece.reference.scope != Reference::Scope::own_input)
      continue;
    for (const auto& input : step_.inputs)
      if (input.optional && input.name == piece.reference.name) names.push_back(input.name);
  }
  return names;
}

bool StepReader::group_is_dropped(const YamlValue& list) const {
  for (const auto* item : list.items)
    for (const auto& piece : split_expressions(item->text, false))
      if (lacks_value(piece)) return true;
  return false;
}

Template StepReader::read_template(const YamlValue& value, bool is_command) {
  Template result;
  Shell shell{.active = is_command};
  if (!has_expression(value.text)) {
    add_segment(result, Segment::Kind::text, value.text);
    return result;
  }
  append_pieces(value, split_expressions(value.text, is_command), shell, result);
  result.shrink_to_fit();  // it stays as long as the pipeline
  return result;
}

void StepReader::append_pieces(const YamlValue& value, const std::vector<Piece>& pieces,
                               Shell& shell, Template& result) {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto& piece = pieces[i];
    switch (piece.kind) {
      case Piece::Kind::text:
        add_segment(result, Segment::Kind::text, piece.text, shell.only_with);
        if (shell.active) shell.quote = quote_after(piece.text, shell.quote);
        break;
      case Piece::Kind::reference:
        append_reference(value, piece, shell, result);
        break;
      case Piece::Kind::group_begin: {
        const auto begin = pieces.begin() + static_cast<std::ptrdiff_t>(i);
        const auto end = std::find_if(begin, pieces.end(), [](const Piece& other) {
          return other.kind == Piece::Kind::group_end;
        });
        if (std::none_of(begin, end,
                         [](const Piece& p) { return p.kind == Piece::Kind::reference; }))
          problems_.warning(resolver_.mark_of(value, "$[["),
                            "an optional part '$[[ … ]]' without an input in it is always kept",
                            "name the input as ${{inputs.NAME}}");
        if (std::any_of(begin, end, [this](const Piece& p) { return lacks_value(p); }))
          i = static_cast<std::size_t>(end - pieces.begin());
        else
          shell.only_with = optional_data_in({begin, end});
        break;
      }
      case Piece::Kind::group_end:
        shell.only_with.clear();
        break;
      case Piece::Kind::bad:
        problems_.error(value.mark, piece.text, piece.expected);
        break;
    }
  }
}

void StepReader::append_reference(const YamlValue& value, const Piece& piece, Shell& shell,
                                  Template& result) {
  const auto& reference = piece.reference;
  switch (reference.scope) {
    case Reference::Scope::own_input:
      append_own_input(value, piece, shell, result);
      return;
    case Reference::Scope::own_output:
      append_own_output(value, piece, shell, result);
      return;
    case Reference::Scope::pipeline_output:
      problems_.error(
          resolver_.mark_of(value, piece.text),
          fmt::format("'{}' is an output of the pipeline and cannot be used here", piece.text),
          fmt::format("give the step an output bound to it and write ${{{{outputs.{}}}}}",
                      reference.name));
      return;
    default:
      break;
  }
  const auto mark = resolver_.mark_of(value, piece.text);
  if (scope_.is_component && scope_.spelling == Spelling::cli_v2 &&
      reference.scope == Reference::Scope::pipeline_input) {
    problems_.error(
        mark,
        fmt::format("'{}' has no value here: a component knows its own inputs alone", piece.text),
        fmt::format("write ${{{{inputs.{}}}}}", reference.name));
    return;
  }
  const auto found = resolver_.resolve(reference, piece.text, mark);
  if (const auto* literal = std::get_if<std::string>(&found)) {
    if (reference.scope != Reference::Scope::step_input)
      add_parameter_as_literal(reference.name, mark);
    append_value(value, piece, *literal, shell, result);
  } else if (std::holds_alternative<NoValue>(found)) {
    problems_.error(mark, fmt::format("'{}' is optional and has no value here", piece.text),
                    shell.active ? "put it into an optional part: $[[ … ]]"
                                 : "put it into an optional group: a list in the list");
  } else if (std::holds_alternative<DataBinding>(found)) {
    problems_.error(mark,
                    fmt::format("'{}' is data: the step must have it as an input", piece.text),
                    fmt::format("add inputs: {{{0}: \"{1}\"}} and write ${{{{inputs.{0}}}}}",
                                reference.name, piece.text));
  }
}

void StepReader::append_own_input(const YamlValue& value, const Piece& piece, Shell& shell,
                                  Template& result) {
  const auto& name = piece.reference.name;
  const auto mark = resolver_.mark_of(value, piece.text);
  const auto own = own_inputs_.find(name);
  if (own == own_inputs_.end()) {
    std::vector<std::string> known;
    for (const auto& [other, unused] : own_inputs_) known.push_back(other);
    const bool is_parameter = scope_.parameters.find(name) != nullptr;
    problems_.error(mark,
                    fmt::format("'{}': the step '{}' has no input '{}'{}", piece.text, step_.name,
                                name, problems_.suggestion(name, known)),
                    is_parameter    ? fmt::format("the parameter is ${{{{parameters.{}}}}}", name)
                    : known.empty() ? "it has none"
                                    : fmt::format("it has {}", fmt::join(known, ", ")));
  } else if (const auto* literal = std::get_if<std::string>(&own->second)) {
    append_value(value, piece, *literal, shell, result);
  } else if (std::holds_alternative<DataBinding>(own->second)) {
    add_segment(result, Segment::Kind::input, name, shell.only_with);
  } else if (std::holds_alternative<NoValue>(own->second)) {
    problems_.error(mark, fmt::format("'{}' is optional and has no value here", piece.text),
                    shell.active ? "put it into an optional part: $[[ … ]]"
                                 : "put it into an optional group: a list in the list");
  }
}

void StepReader::append_own_output(const YamlValue& value, const Piece& piece, const Shell& shell,
                                   Template& result) {
  const auto& name = piece.reference.name;
  const auto known = outputs_of(step_);
  if (std::find(known.begin(), known.end(), name) != known.end()) {
    add_segment(result, Segment::Kind::output, name, shell.only_with);
    return;
  }
  problems_.error(resolver_.mark_of(value, piece.text),
                  fmt::format("'{}': the step '{}' has no output '{}'{}", piece.text, step_.name,
                              name, problems_.suggestion(name, known)),
                  known.empty() ? "it has none" : fmt::format("it has {}", fmt::join(known, ", ")));
}

void StepReader::append_value(const YamlValue& value, const Piece& piece, const std::string& text,
                              Shell& shell, Template& result) {
  add_segment(result, Segment::Kind::text, text, shell.only_with);
  if (shell.active && breaks_word(text, shell.quote))
    problems_.warning(resolver_.mark_of(value, piece.text),
                      fmt::format("'{}' is pasted into the command as it is, where the shell takes "
                                  "'{}' for more than one word",
                                  piece.text, printable(text)),
                      quoting_hint(piece.text, text, shell.quote, scope_.spelling));
}

}  // namespace mlpipe
