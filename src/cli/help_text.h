#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mlpipe {

/// A piece of a help text, for the terminal and for the manual page.
struct HelpBlock {
  enum class Kind { heading, paragraph, item, term, verbatim };

  Kind kind = Kind::paragraph;
  std::string text;  ///< One line without line ends; of a verbatim block its lines.
  std::string term = {};
};

/// Reads the form the topics are written in:
///
///     # Heading
///     Text that is wrapped, with `words to type` in backquotes.
///     * an item of a list
///     TERM :: what it means
///     ```            (or ```yaml FILE: tests try what stands in it)
///     lines that stay as they are
///     ```
///
/// An empty line, or the beginning of another block, ends a block.
[[nodiscard]] std::vector<HelpBlock> read_help(std::string_view text);

/// The blocks as lines of at most `width` columns. Verbatim lines, and words longer than that, stay
/// whole.
[[nodiscard]] std::string help_lines(const std::vector<HelpBlock>& blocks, std::size_t width);

/// "  TERM   text": lines of at most `width` columns with the text from column `column` on, or on
/// lines of its own where it is too narrow for that.
[[nodiscard]] std::string term_lines(std::string_view term, std::string_view text,
                                     std::size_t column, std::size_t width);

}  // namespace mlpipe
