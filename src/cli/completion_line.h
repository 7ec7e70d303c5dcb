#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

namespace mlpipe {

/// A command line that is being written, understood up to the cursor.
struct CompletionLine {
  const CLI::App* command = nullptr;  ///< The innermost command that is named.
  bool is_lost = false;               ///< A word stands where no command has this name.
  bool options_ended = false;         ///< There was a `--`.
  /// Each option and argument that was given, with its value ("" of flags).
  std::vector<std::pair<const CLI::Option*, std::string>> given;
  /// Whose value stands at the cursor; null: a command or an option's name does.
  const CLI::Option* wanted = nullptr;
  bool in_option = false;  ///< The value at the cursor is an option's, not an argument's.
  std::string before;      ///< Of the word at the cursor, what belongs to no value: `--format=`.
  std::string prefix;      ///< The rest of it, which what is offered begins with.

  /// The last value that was given for the option or argument of one of these kinds; "" if none.
  [[nodiscard]] std::string value_of(std::string_view kind) const;
  [[nodiscard]] bool was_given(const CLI::Option* option) const;
};

/// What the word at the cursor may become.
struct Candidate {
  std::string value;  ///< What ends in '=', '/' or '.' is meant to be gone on with.
  std::string description;
};

/// What kinds of value an option takes: of "SPEC|RUN" both. Words in small letters are the values.
[[nodiscard]] std::vector<std::string> kinds_of(const CLI::Option& option);
[[nodiscard]] bool takes_value(const CLI::Option& option);
[[nodiscard]] bool may_be_repeated(const CLI::Option& option);

/// `words`: those before the cursor without the program's name, and last the one at the cursor up
/// to there, maybe empty. Options of a command are known by walking `app`.
[[nodiscard]] CompletionLine read_completion_line(const CLI::App& app,
                                                  const std::vector<std::string>& words);

/// A word as it was written in a shell, without its quotes.
[[nodiscard]] std::string without_quotes(std::string_view word);

}  // namespace mlpipe
