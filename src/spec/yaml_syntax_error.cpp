#include "spec/yaml_syntax_error.h"

#include <yaml-cpp/exceptions.h>

#include <string_view>

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

/// What is most often behind one of yaml-cpp's messages.
std::string yaml_hint(std::string_view message, std::string_view line) {
  if (line.find('\t') < line.find_first_not_of(" \t"))
    return "indent with spaces: YAML allows no tabs";
  if (message == "illegal map value")
    return "a value that holds ': ' must be quoted, or stand below `key: |` on lines of its own";
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
  problems.error(mark, fmt::format("this is not valid YAML: {}", error.msg),
                 yaml_hint(error.msg, source.line(mark.line)));
}

}  // namespace mlpipe
