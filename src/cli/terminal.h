#pragma once

#include <string>
#include <string_view>

namespace mlpipe {

enum class Colour { plain, red, green, yellow, blue, grey, bold };

/// What stands at the other end of stdout or stderr.
class Terminal {
 public:
  /// `fd`: 1 or 2. Colour and live progress only on a terminal; NO_COLOR, CLICOLOR_FORCE (colour
  /// also elsewhere) and TERM=dumb are obeyed.
  explicit Terminal(int fd);

  [[nodiscard]] bool is_live() const { return live_; }
  [[nodiscard]] std::string coloured(std::string_view text, Colour colour) const;
  /// Columns now; 80 if nobody knows.
  [[nodiscard]] std::size_t width() const;

 private:
  int fd_;
  bool live_;
  bool coloured_;
};

/// What `--color` says, told to every Terminal that is made from now on: "always", "never", or
/// "auto" and "" for the environment's own word.
void choose_colours(std::string_view when);

/// Whether the locale (LC_ALL, else LC_CTYPE, else LANG) shows more than ASCII. Whoever draws with
/// other characters has to ask; names of the user's are printed as they are.
[[nodiscard]] bool shows_utf8();
/// A message with the marks that mlpipe itself writes ("…", "→") in ASCII unless shows_utf8().
[[nodiscard]] std::string for_locale(std::string text);

/// `text` cut to `columns` columns (one a code point), with "…" (or "...") where something was left
/// out.
[[nodiscard]] std::string cut_to(std::string_view text, std::size_t columns);
/// `text` filled with blanks to `columns` columns.
[[nodiscard]] std::string padded(std::string_view text, std::size_t columns);
/// Columns of a text, one a code point.
[[nodiscard]] std::size_t columns_of(std::string_view text);

}  // namespace mlpipe
