#pragma once

#include <string>
#include <string_view>

namespace mlpipe {

enum class Colour { plain, red, green, yellow, blue, grey, bold };

/// What stands at the other end of stdout or stderr.
class Terminal {
 public:
  /// `fd`: 1 or 2. Colour and live progress only on a terminal; NO_COLOR and TERM=dumb obeyed.
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

/// Whether the caller's locale (LC_ALL, LC_CTYPE, LANG) takes UTF-8; if not, drawings are ASCII.
[[nodiscard]] bool locale_is_utf8();

/// `text` cut to `columns` columns (one a code point), with "…" where something was left out.
[[nodiscard]] std::string cut_to(std::string_view text, std::size_t columns);
/// `text` filled with blanks to `columns` columns.
[[nodiscard]] std::string padded(std::string_view text, std::size_t columns);
/// Columns of a text, one a code point.
[[nodiscard]] std::size_t columns_of(std::string_view text);

}  // namespace mlpipe
