// What a step may hold, but probably does not mean.
#include <algorithm>
#include <array>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "spec/data_paths.h"
#include "spec/step_reader.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Whether `name` stands in a command as a word of its own, as in `for name in …`, `read name` or
/// `name=…`: then `${name}` is most likely that variable. `--name`, `$name` and `x.name` are none.
bool stands_alone(std::string_view text, std::string_view name) {
  for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const auto end = at + name.size();
    const char before = at == 0 ? ' ' : text[at - 1];
    if (end < text.size() && is_word_character(text[end])) continue;
    if (is_word_character(before) || std::string_view("-$.{/").find(before) != std::string::npos)
      continue;
    return true;
  }
  return false;
}

/// Whether the place `at` of a command is inside of '…', where a shell replaces nothing.
bool is_single_quoted(std::string_view text, std::size_t at) {
  char quote = 0;
  for (std::size_t i = 0; i < at; ++i) {
    const char c = text[i];
    if (c == '\\' && quote != '\'')
      ++i;
    else if (quote == 0 && (c == '"' || c == '\''))
      quote = c;
    else if (c == quote)
      quote = 0;
  }
  return quote == '\'';
}

/// The words of each simple command of a shell command, roughly: quotes taken off, nothing
/// replaced.
std::vector<std::vector<std::string>> simple_commands(std::string_view text) {
  std::vector<std::vector<std::string>> commands(1);
  std::string word;
  char quote = 0;
  const auto end_word = [&] {
    if (!word.empty()) commands.back().push_back(word);
    word.clear();
  };
  for (const char c : text) {
    const bool opens = quote == 0 && (c == '"' || c == '\'');
    if (opens || (quote != 0 && c == quote)) {
      quote = opens ? c : '\0';
    } else if (quote == 0 && (c == ' ' || c == '\t')) {
      end_word();
    } else if (quote == 0 && std::string_view(";&|()\n`").find(c) != std::string_view::npos) {
      end_word();
      if (!commands.back().empty()) commands.emplace_back();
    } else {
      word += c;
    }
  }
  end_word();
  return commands;
}

bool is_assignment(const std::string& word) {
  const auto equals = word.find('=');
  return equals != std::string::npos && equals > 0 &&
         std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals),
                     is_word_character);
}

bool starts_scripts(const std::string& program) {
  static constexpr std::array<std::string_view, 10> others = {
      "Rscript", "bash", "sh", "perl", "node", "julia", "ruby", "source", ".", "dash"};
  const auto name = fs::path(program).filename().string();
  return name.starts_with("python") ||
         std::find(others.begin(), others.end(), name) != others.end();
}

/// The file that a simple command starts: its first word if that is a path, or what is given to
/// an interpreter. Empty if there is none.
std::string script_of(const std::vector<std::string>& words) {
  static constexpr std::array<std::string_view, 10> before = {
      "time", "exec", "nice", "env", "nohup", "if", "then", "else", "do", "!"};
  auto word = words.begin();
  while (word != words.end() &&
         (is_assignment(*word) || std::find(before.begin(), before.end(), *word) != before.end()))
    ++word;
  if (word == words.end()) return {};
  if (!starts_scripts(*word)) return word->find('/') == std::string::npos ? "" : *word;
  while (++word != words.end()) {
    if (!word->starts_with('-')) return *word;
    if (*word == "-c" || *word == "-m" || *word == "-e") return {};
  }
  return {};
}

/// Whether a command redirects to the file, so that it makes what it starts.
bool is_written(const std::string& text, const std::string& file) {
  return text.find("> " + file) != std::string::npos || text.find(">" + file) != std::string::npos;
}

}  // namespace

void StepReader::warn_of_path_in_argument(const YamlValue& item) {
  const auto& text = item.text;
  if (text.empty() || text.front() == '-' || has_expression(text) || text.starts_with("/dev/") ||
      text.find_first_of("/.") == std::string::npos)
    return;
  try {
    const bool in_source = text.front() != '/' && stays_below(text) &&
                           !sources_.directory.empty() && stat_file(sources_.directory / text);
    if (in_source || text.find_first_not_of("./") == std::string::npos) return;
    const auto stat = stat_file(resolve_path(scope_.folder(), text));
    if (!stat) return;
    problems_.warning(
        item.mark,
        fmt::format("the argument '{}' is a path that exists, but only its text counts for reuse",
                    printable(text)),
        fmt::format("make it an input: {{type: {}, path: {}}}",
                    stat->kind == FileKind::folder ? "uri_folder" : "uri_file", printable(text)));
  } catch (const Error&) {
    return;  // not a path at all
  }
}

bool StepReader::names_something(const Reference& reference) const {
  switch (reference.scope) {
    case Reference::Scope::own_input:
      return own_inputs_.contains(reference.name);
    case Reference::Scope::own_output:
      return std::any_of(step_.outputs.begin(), step_.outputs.end(),
                         [&](const DataOutput& output) { return output.name == reference.name; });
    case Reference::Scope::parameter:
      return scope_.parameters.find(reference.name) != nullptr;
    case Reference::Scope::pipeline_input:
      return scope_.parameters.find(reference.name) != nullptr ||
             scope_.inputs.find(reference.name) != nullptr;
    case Reference::Scope::pipeline_output:
      return scope_.outputs.find(reference.name) != nullptr;
    case Reference::Scope::step_output:
    case Reference::Scope::step_input:
      return scope_.steps.find(reference.step) != nullptr;
    default:
      return false;
  }
}

std::string StepReader::meant_by(const std::string& body, const std::string& text) const {
  if (body.find('.') != std::string::npos) {  // no name of a shell's variable
    const auto pieces = split_expressions("${{" + body + "}}", false);
    const bool known = pieces.size() == 1 && pieces[0].kind == Piece::Kind::reference &&
                       names_something(pieces[0].reference);
    return known ? body : std::string();
  }
  const auto* passed = fields_.find("pass_environment");
  const auto* set = fields_.find("environment_variables");
  const bool is_declared =
      (set != nullptr && set->find(body) != nullptr) ||
      (passed != nullptr &&
       (passed->text == body || std::any_of(passed->items.begin(), passed->items.end(),
                                            [&](const auto* item) { return item->text == body; })));
  if (is_declared || stands_alone(text, body)) return {};
  if (names_something({.scope = Reference::Scope::own_input, .name = body}))
    return "inputs." + body;
  if (names_something({.scope = Reference::Scope::own_output, .name = body}))
    return "outputs." + body;
  if (names_something({.scope = Reference::Scope::parameter, .name = body}))
    return (scope_.spelling == Spelling::ours ? "parameters." : "parent.inputs.") + body;
  return {};
}

void StepReader::warn_of_single_braces(const YamlValue& value, bool is_command) {
  const auto& text = value.text;
  std::set<std::string> seen;
  for (auto at = text.find("${"); at != std::string::npos; at = text.find("${", at + 2)) {
    if (at > 0 && text[at - 1] == '\\') continue;
    const auto end = text.find_first_of("{}", at + 2);
    if (end == std::string::npos || text[end] != '}') continue;
    const auto body = std::string(trim(std::string_view(text).substr(at + 2, end - at - 2)));
    const bool plain = body.find('.') == std::string::npos;
    if (is_command && plain && is_single_quoted(text, at)) continue;
    const auto written = text.substr(at, end + 1 - at);
    const auto meant = meant_by(body, is_command ? text : std::string());
    if (meant.empty() || !seen.insert(written).second) continue;
    problems_.warning(
        resolver_.mark_of(value, written),
        is_command
            ? fmt::format("'{}' has single braces: it is left to the shell, which does not know it",
                          printable(written))
            : fmt::format("'{}' has single braces: it reaches the script as it stands here",
                          printable(written)),
        fmt::format("write ${{{{{}}}}}", meant));
  }
}

bool StepReader::is_added(const std::string& script) const {
  const auto first = *fs::path(script).lexically_normal().begin();
  const auto* added = fields_.find("additional_includes");
  return added != nullptr &&
         std::any_of(added->items.begin(), added->items.end(), [&](const YamlValue* item) {
           return fs::path(item->text).lexically_normal().filename() == first;
         });
}

void StepReader::warn_of_missing_source_directory(const YamlValue& command) {
  if (fields_.find("source_directory") != nullptr || is_frozen()) return;
  for (const auto& words : simple_commands(command.text)) {
    if (!words.empty() && (words[0] == "cd" || words[0] == "pushd")) return;
    const auto script = script_of(words);
    if (script.empty() || script.front() == '/' || script.front() == '~' ||
        has_expression(script) || is_written(command.text, script))
      continue;
    if (is_added(script)) continue;
    try {
      const auto stat = stat_file(resolve_path(scope_.folder(), script));
      if (!stat || stat->kind != FileKind::file) continue;
    } catch (const Error&) {
      continue;  // no path at all
    }
    const auto folder = fs::path(script).lexically_normal().parent_path().string();
    problems_.warning(
        resolver_.mark_of(command, script),
        fmt::format(
            "the step '{}' does not see '{}': without a source directory its command starts "
            "in an empty folder",
            step_.name, printable(script)),
        folder.empty() ? fmt::format("put it into a folder of its own and add {}: ./FOLDER",
                                     fields_.word("source_directory"))
                       : fmt::format("add {}: ./{}, and name it from there",
                                     fields_.word("source_directory"), printable(folder)));
    return;
  }
}

}  // namespace mlpipe
