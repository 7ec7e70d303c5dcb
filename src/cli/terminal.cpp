#include "cli/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cstdlib>
#include <utility>

namespace mlpipe {

namespace {

/// "" if it is not set.
std::string_view variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(*-mt-unsafe)
  return value == nullptr ? "" : value;
}

std::string_view ellipsis() { return shows_utf8() ? "…" : "..."; }

}  // namespace

Terminal::Terminal(int fd) : fd_(fd), live_(::isatty(fd) == 1) {
  const auto term = variable("TERM");
  if (term.empty() || term == "dumb") live_ = false;
  const auto force = variable("CLICOLOR_FORCE");
  coloured_ = (live_ || (!force.empty() && force != "0")) && variable("NO_COLOR").empty();
}

void choose_colours(std::string_view when) {
  if (when == "always") {
    ::unsetenv("NO_COLOR");              // NOLINT(*-mt-unsafe): one thread so early
    ::setenv("CLICOLOR_FORCE", "1", 1);  // NOLINT(*-mt-unsafe)
  } else if (when == "never") {
    ::setenv("NO_COLOR", "1", 1);  // NOLINT(*-mt-unsafe)
  }
}

bool shows_utf8() {
  std::string locale;
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    locale = variable(name);
    if (!locale.empty()) break;
  }
  for (auto& c : locale) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return locale.find("UTF-8") != std::string::npos || locale.find("UTF8") != std::string::npos;
}

std::string for_locale(std::string text) {
  if (shows_utf8()) return text;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 2> marks = {
      {{"…", "..."}, {"→", "->"}}};
  for (const auto& [mark, plain] : marks)
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at))
      text.replace(at, mark.size(), plain);
  return text;
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

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (const char c : text)
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++columns;
  return columns;
}

std::string cut_to(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string(text);
  const auto mark = ellipsis();
  const auto mark_columns = columns_of(mark);
  if (columns < mark_columns) return std::string(mark.substr(0, columns == 0 ? 0 : columns));
  std::string cut;
  std::size_t used = 0;
  for (const char c : text) {
    const bool starts = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    if (starts && ++used + mark_columns > columns) break;
    cut += c;
  }
  return cut.append(mark);
}

std::string padded(std::string_view text, std::size_t columns) {
  std::string result(text);
  const auto used = columns_of(text);
  if (used < columns) result.append(columns - used, ' ');
  return result;
}

}  // namespace mlpipe
