#include "spec/yaml_syntax_error.h"

#include <yaml-cpp/exceptions.h>

#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"

namespace mlpipe {

namespace {

/// Whether `line` has an unquoted `${{` inside a bracket; its position.
std::optional<std::size_t> unquoted_in_line(std::string_view line) {
  char quote = 0;
  int brackets = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      if (c == '\\' && quote == '"')
        ++i;
      else if (c == quote)
        quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '$' && line.substr(i).starts_with("${{")) {
      if (brackets > 0) return i;
      i += 2;
    } else if (c == '{' || c == '[') {
      ++brackets;
    } else if (c == '}' || c == ']') {
      --brackets;
    }
  }
  return std::nullopt;
}

/// The last bracket of this kind before `end` that is not closed. Outside of brackets one counts
/// only where a value may begin: in other places it is a part of a text.
std::optional<Mark> unclosed_bracket(char wanted, Mark end, const SourceText& source) {
  std::vector<std::pair<char, Mark>> open;
  for (int number = 1; number <= end.line; ++number) {
    const auto line = source.line(number);
    char quote = 0;
    char before = ':';  // the last character that is no blank
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      const Mark at{number, static_cast<int>(i) + 1};
      if (number == end.line && at.column >= end.column) break;
      if (quote != 0) {
        if (c == '\\' && quote == '"')
          ++i;
        else if (c == quote)
          quote = 0;
      } else if ((c == '"' || c == '\'') &&
                 std::string_view(":-,[{").find(before) != std::string_view::npos) {
        quote = c;
      } else if (c == '#' && (i == 0 || line[i - 1] == ' ')) {
        break;
      } else if (c == '{' || c == '[') {
        if (!open.empty() || std::string_view(":-").find(before) != std::string_view::npos)
          open.emplace_back(c, at);
      } else if ((c == '}' || c == ']') && !open.empty()) {
        open.pop_back();
      }
      if (c != ' ') before = c;
    }
  }
  for (auto each = open.rbegin(); each != open.rend(); ++each)
    if (each->first == wanted) return each->second;
  return std::nullopt;
}

/// What is most often behind one of yaml-cpp's messages.
std::string yaml_hint(std::string_view message, std::string_view line) {
  if (line.find('\t') < line.find_first_not_of(" \t"))
    return "indent with spaces: YAML allows no tabs";
  if (message == "illegal map value")
    return "a value that holds ': ' must be quoted, or stand below `key: |` on lines of its own";
  if (message == "end of map not found" || message == "end of sequence not found")
    return "look at the indentation: what belongs together begins in the same column";
  return {};
}

}  // namespace

void report_syntax_error(const YAML::Exception& error, std::optional<Mark> unquoted,
                         const SourceText& source, Problems& problems) {
  static constexpr std::string_view quote_it = "inside {…} and […] an expression must be quoted";
  Mark mark{.line = error.mark.line + 1, .column = error.mark.column + 1};
  if (!unquoted)
    if (const auto at = unquoted_in_line(source.line(mark.line)))
      unquoted = Mark{mark.line, static_cast<int>(*at) + 1};
  if (unquoted) {
    problems.error(*unquoted, std::string(quote_it), R"(quote it: "${{…}}")");
    return;
  }
  if (source.line(mark.line).empty() && mark.line > 1) {
    // The end of the file: show the last line that holds something.
    while (mark.line > 1 && source.line(mark.line).empty()) --mark.line;
    mark.column = static_cast<int>(source.line(mark.line).size()) + 1;
  }
  const bool map_is_open = error.msg.find("end of map flow not found") != std::string::npos;
  if (map_is_open || error.msg.find("end of sequence flow not found") != std::string::npos) {
    const char bracket = map_is_open ? '{' : '[';
    if (const auto opened = unclosed_bracket(bracket, mark, source)) {
      problems.error(*opened, fmt::format("this '{}' is not closed", bracket),
                     fmt::format("write '{}' where it ends; YAML goes wrong in line {}",
                                 map_is_open ? '}' : ']', mark.line));
      return;
    }
  }
  problems.error(mark, fmt::format("this is not valid YAML: {}", printable(error.msg)),
                 yaml_hint(error.msg, source.line(mark.line)));
}

}  // namespace mlpipe
