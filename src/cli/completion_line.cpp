#include "cli/completion_line.h"

#include <algorithm>

#include "base/text.h"

namespace mlpipe {

namespace {

/// The option of `command` with this name ("format", "j"); null if there is none.
const CLI::Option* find_option(const CLI::App& command, std::string_view name, bool is_long) {
  for (const auto* option : command.get_options()) {
    const auto& names = is_long ? option->get_lnames() : option->get_snames();
    if (std::find(names.begin(), names.end(), name) != names.end()) return option;
  }
  return nullptr;
}

/// Reads the words one by one.
class LineReader {
 public:
  explicit LineReader(const CLI::App& app) { line_.command = &app; }

  void read(const std::string& word) {
    if (waiting_ != nullptr) {
      line_.given.emplace_back(waiting_, word);
      waiting_ = nullptr;
    } else if (!line_.options_ended && word == "--") {
      line_.options_ended = true;
    } else if (is_option(word)) {
      read_option(word);
    } else if (const auto* command = subcommand(word)) {
      line_.command = command;
      arguments_ = 0;
    } else if (const auto* argument = next_argument()) {
      line_.given.emplace_back(argument, word);
      ++arguments_;
    } else {
      line_.is_lost = line_.is_lost || !line_.command->get_subcommands(nullptr).empty();
    }
  }

  CompletionLine read_last(const std::string& word) {
    line_.prefix = word;
    if (waiting_ != nullptr) {
      line_.wanted = waiting_;
      line_.in_option = true;
    } else if (is_option(word)) {
      read_option_at_cursor(word);
    } else {
      line_.wanted = next_argument();
    }
    return std::move(line_);
  }

 private:
  [[nodiscard]] bool is_option(const std::string& word) const {
    return !line_.options_ended && word.size() > 1 && word[0] == '-';
  }

  void read_option(const std::string& word) {
    if (word.starts_with("--")) {
      const auto equals = word.find('=');
      const auto* option = find_option(*line_.command, word.substr(2, equals - 2), true);
      if (option == nullptr) return;
      if (takes_value(*option) && equals == std::string::npos)
        waiting_ = option;
      else
        line_.given.emplace_back(option,
                                 equals == std::string::npos ? "" : word.substr(equals + 1));
      return;
    }
    for (std::size_t i = 1; i < word.size(); ++i) {
      const auto* option = find_option(*line_.command, word.substr(i, 1), false);
      if (option == nullptr) return;
      if (!takes_value(*option)) {
        line_.given.emplace_back(option, "");
      } else {
        if (i + 1 < word.size())
          line_.given.emplace_back(option, word.substr(i + 1));
        else
          waiting_ = option;
        return;
      }
    }
  }

  void read_option_at_cursor(const std::string& word) {
    std::size_t begin = std::string::npos;
    const CLI::Option* option = nullptr;
    if (word.starts_with("--")) {
      const auto equals = word.find('=');
      if (equals == std::string::npos) return;
      begin = equals + 1;
      option = find_option(*line_.command, word.substr(2, equals - 2), true);
    } else if (word.size() > 2) {
      begin = 2;
      option = find_option(*line_.command, word.substr(1, 1), false);
    }
    if (option == nullptr || !takes_value(*option)) return;
    line_.wanted = option;
    line_.in_option = true;
    line_.before = word.substr(0, begin);
    line_.prefix = word.substr(begin);
  }

  [[nodiscard]] const CLI::App* subcommand(const std::string& word) const {
    for (const auto* each : line_.command->get_subcommands(nullptr))
      if (each->check_name(word)) return each;
    return nullptr;
  }

  /// Which argument a word without a dash would be now; the last one may take many.
  [[nodiscard]] const CLI::Option* next_argument() const {
    std::size_t i = 0;
    for (const auto* option : line_.command->get_options())
      if (option->get_positional() && (i++ == arguments_ || may_be_repeated(*option)))
        return option;
    return nullptr;
  }

  CompletionLine line_;
  const CLI::Option* waiting_ = nullptr;
  std::size_t arguments_ = 0;
};

}  // namespace

std::string CompletionLine::value_of(std::string_view kind) const {
  for (auto it = given.rbegin(); it != given.rend(); ++it) {
    const auto kinds = kinds_of(*it->first);
    if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) return it->second;
  }
  return {};
}

bool CompletionLine::was_given(const CLI::Option* option) const {
  return std::any_of(given.begin(), given.end(),
                     [option](const auto& each) { return each.first == option; });
}

std::vector<std::string> kinds_of(const CLI::Option& option) {
  std::string type = option.get_type_name();
  // CLI::IsMember adds ":{a,b}".
  if (const auto open = type.find('{'); open != std::string::npos) {
    type = type.substr(open + 1, type.find('}', open) - open - 1);
    std::replace(type.begin(), type.end(), ',', '|');
  } else if (option.get_positional() && (type == "TEXT" || type.empty())) {
    type = option.get_name(true);
  }
  std::vector<std::string> kinds;
  for (const auto kind : split(type, '|')) kinds.emplace_back(kind);
  return kinds;
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

bool may_be_repeated(const CLI::Option& option) { return option.get_items_expected_max() > 1; }

CompletionLine read_completion_line(const CLI::App& app, const std::vector<std::string>& words) {
  LineReader reader(app);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) reader.read(words[i]);
  return reader.read_last(words.empty() ? "" : words.back());
}

std::string without_quotes(std::string_view word) {
  std::string text;
  char quote = 0;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    const bool escapes = c == '\\' && quote != '\'' && i + 1 < word.size();
    if (escapes && (quote == 0 || word[i + 1] == '"' || word[i + 1] == '\\' || word[i + 1] == '$' ||
                    word[i + 1] == '`'))
      text += word[++i];
    else if (quote == 0 && (c == '"' || c == '\''))
      quote = c;
    else if (c == quote)
      quote = 0;
    else
      text += c;
  }
  return text;
}

}  // namespace mlpipe
