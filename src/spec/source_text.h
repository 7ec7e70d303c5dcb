#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/pipeline.h"

namespace mlpipe {

/// A place in a SourceText. Both count from 1, columns in bytes. Line 0: the value came from the
/// `--set` number `column` of the command line.
struct Mark {
  int line = 0;
  int column = 0;

  auto operator<=>(const Mark&) const = default;
};

/// The text of a file, with its lines.
class SourceText {
 public:
  /// `name`: what messages call the file. A byte order mark is taken off `text`.
  SourceText(std::string name, std::string text);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  /// The text itself; nothing is left of it here.
  [[nodiscard]] std::string take_text() { return std::exchange(text_, {}); }
  /// Without its line end; "" if there is no such line.
  [[nodiscard]] std::string_view line(int number) const;
  /// Position in text(); its size if `mark` lies outside.
  [[nodiscard]] std::size_t offset(Mark mark) const;
  /// The inverse of offset().
  [[nodiscard]] Mark mark(std::size_t offset) const;
  /// The inverse of location().
  [[nodiscard]] Mark mark(const SpecLocation& location) const;
  /// With the column counted in characters, for people.
  [[nodiscard]] SpecLocation location(Mark mark) const;

 private:
  /// How many characters begin before a position of text().
  [[nodiscard]] std::size_t characters_before(std::size_t offset) const;

  Shared<std::string> name_;  ///< Shared with all locations in it.
  std::string text_;
  std::vector<std::size_t> line_starts_;
  /// How many characters begin before each whole kilobyte: columns of very long lines are counted
  /// from there.
  std::vector<std::size_t> characters_before_;
};

/// The number of characters in well-formed UTF-8.
[[nodiscard]] std::size_t character_count(std::string_view text);

}  // namespace mlpipe
