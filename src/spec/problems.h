#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "spec/source_text.h"

namespace mlpipe {

/// Collects everything that is wrong with one file, so that it can be told in one go.
///
/// Each problem prints as
///
///     pipeline.yaml:12:5: error: unknown key 'scirpt_name' (did you mean 'script_name'?)
///        12 |     scirpt_name: prep.py
///           |     ^
///           = expected one of: arguments, command, …
class Problems {
 public:
  /// `source` must outlive this. `settings`: the texts of `--set`, for values that came from there.
  explicit Problems(const SourceText& source, std::vector<std::string> settings = {});

  /// `expected`: what would have been right, or how to put it right; may be empty.
  void error(Mark mark, std::string message, std::string expected = {});
  void error(const SpecLocation& location, std::string message, std::string expected = {});
  void warning(Mark mark, std::string message, std::string expected = {});

  /// " (did you mean 'x'?)", or "". Gives up after 50 calls: a file with that many wrong
  /// names has another problem.
  [[nodiscard]] std::string suggestion(std::string_view word,
                                       std::span<const std::string> candidates);

  /// Whether suggestion() still looks; if not, candidates need not be gathered.
  [[nodiscard]] bool suggests() const;

  [[nodiscard]] const SourceText& source() const { return *source_; }
  [[nodiscard]] std::size_t error_count() const { return errors_.size(); }
  /// "file:line:column"
  [[nodiscard]] std::string place(Mark mark) const;
  /// Throws one Error with every error in the order of the lines, of more than 200 the first and
  /// how many more: invalid_file, or usage if all of them came from `--set`.
  void throw_if_any() const;
  /// All errors as throw_if_any() has them; "" if there are none.
  [[nodiscard]] std::string error_text() const;
  /// Every error came from `--set`; also if there are none.
  [[nodiscard]] bool is_only_settings() const;
  /// Each printed in full, and once.
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  struct Problem {
    Mark mark;
    std::string message;
    std::string expected;

    bool operator==(const Problem&) const = default;
  };

  [[nodiscard]] std::string print(const Problem& problem, std::string_view severity) const;

  const SourceText* source_;
  std::vector<std::string> settings_;
  std::vector<Problem> errors_;
  std::vector<Problem> warnings_;
  std::size_t suggestions_ = 0;
};

/// As Problems::throw_if_any(), for a pipeline of several files.
void throw_if_any(std::span<const Problems* const> all);

/// One problem as above. `mark` is a place of the text; `expected` may be empty.
[[nodiscard]] std::string print_problem(const SourceText& source, Mark mark,
                                        std::string_view severity, std::string_view message,
                                        std::string_view expected);

/// "a, b or c"
[[nodiscard]] std::string any_of(std::span<const std::string> words);

}  // namespace mlpipe
