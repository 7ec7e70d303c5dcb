#include "engine/interpreter_use.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "base/error.h"
#include "base/file.h"

namespace mlpipe {

namespace {

void add_word(std::string_view word, std::set<std::string>& found) {
  if (word == "python" || word == "python3") found.insert("python");
  if (word == "Rscript") found.insert("Rscript");
}

/// Words are runs of letters, digits, '_' and '.'; "python3.11" is another word than "python3" and
/// means another interpreter, which is then named by the text itself.
void add_words(std::string_view text, std::set<std::string>& found) {
  std::string word;
  for (const char c : text) {
    const bool part = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || c == '.';
    if (part) {
      word += c;
    } else {
      add_word(word, found);
      word.clear();
    }
  }
  add_word(word, found);
}

std::string text_of(const std::filesystem::path& file) {
  try {
    const auto look = stat_file(file);
    return look && look->kind == FileKind::file ? read_file(file) : "";
  } catch (const Error&) {
    return {};  // said when the source directory is read
  }
}

/// bash reads a first line that names another interpreter as a comment.
std::string_view without_first_comment(std::string_view script) {
  return script.starts_with("#!") ? script.substr(std::min(script.find('\n'), script.size()))
                                  : script;
}

std::string first_line(const std::filesystem::path& file) {
  const std::string content = text_of(file);
  return content.starts_with("#!") ? content.substr(0, content.find('\n')) : "";
}

}  // namespace

std::vector<std::string> interpreters_of(const Step& step) {
  std::set<std::string> found;
  if (const auto* script = std::get_if<ScriptAction>(&step.action)) {
    const std::filesystem::path name = script->script_name;
    if (name.extension() == ".py")
      found.insert("python");
    else if (name.extension() == ".R" || name.extension() == ".r")
      found.insert("Rscript");
    else if (name.extension() == ".sh")
      add_words(without_first_comment(text_of(step.sources->place() / name)), found);
    else
      add_words(first_line(step.sources->place() / name), found);
  } else if (const auto* command = std::get_if<CommandAction>(&step.action)) {
    for (const auto& segment : command->command)
      if (segment.kind == Segment::Kind::text) add_words(segment.text, found);
  }
  return {found.begin(), found.end()};
}

}  // namespace mlpipe
