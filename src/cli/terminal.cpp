#include "cli/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace mlpipe {

Terminal::Terminal(int fd) : fd_(fd), live_(::isatty(fd) == 1) {
  const char* no_color = std::getenv("NO_COLOR");  // NOLINT(*-mt-unsafe)
  const char* term = std::getenv("TERM");          // NOLINT(*-mt-unsafe)
  if (term == nullptr || std::string_view(term) == "dumb") live_ = false;
  coloured_ = live_ && (no_color == nullptr || *no_color == '\0');
}

std::string Terminal::coloured(std::string_view text, Colour colour) const {
  if (!coloured_ || colour == Colour::plain) return std::string(text);
  int code = 0;
  switch (colour) {
    case Colour::plain:
      break;
    case Colour::red:
      code = 31;
      break;
    case Colour::green:
      code = 32;
      break;
    case Colour::yellow:
      code = 33;
      break;
    case Colour::blue:
      code = 34;
      break;
    case Colour::grey:
      code = 90;
      break;
    case Colour::bold:
      code = 1;
      break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::size_t Terminal::width() const {
  struct winsize size {};
  if (::ioctl(fd_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;  // NOLINT(*-vararg)
  return 80;
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);  // NOLINT(*-mt-unsafe)
    if (value == nullptr || *value == '\0') continue;
    const std::string_view locale(value);
    for (const auto* codeset : {"UTF-8", "utf-8", "UTF8", "utf8"})
      if (locale.find(codeset) != std::string_view::npos) return true;
    return false;
  }
  return false;
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (const char c : text)
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++columns;
  return columns;
}

std::string cut_to(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string(text);
  std::string cut;
  std::size_t used = 0;
  for (const char c : text) {
    const bool starts = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    if (starts && ++used >= columns) break;
    cut += c;
  }
  return columns == 0 ? "" : cut + "…";
}

std::string padded(std::string_view text, std::size_t columns) {
  std::string result(text);
  const auto used = columns_of(text);
  if (used < columns) result.append(columns - used, ' ');
  return result;
}

}  // namespace mlpipe
