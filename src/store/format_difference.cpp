#include "store/format_difference.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace mlpipe {

namespace {

std::string_view line_at(std::string_view text, std::size_t start) {
  return text.substr(start, std::min(text.find('\n', start), text.size()) - start);
}

/// A line, or what of it is around the place where it differs.
std::string shown_line(std::string_view line, std::size_t column) {
  constexpr std::size_t before = 20;
  constexpr std::size_t most = 60;
  const auto start = column > before && line.size() > most ? column - before : 0;
  const auto piece = line.substr(std::min(start, line.size()), most);
  return fmt::format("{}'{}'{}", start > 0 ? "..." : "", printable(piece),
                     start + piece.size() < line.size() ? "..." : "");
}

bool is_text(std::string_view bytes) {
  return bytes.find('\0') == std::string_view::npos && is_utf8(bytes);
}

}  // namespace

std::optional<FormatDifference> text_difference(std::string_view before, std::string_view now) {
  if (before.empty() || now.empty() || !is_text(before) || !is_text(now)) return std::nullopt;
  const auto shorter = std::min(before.size(), now.size());
  std::size_t start = 0;
  std::size_t number = 1;
  std::size_t at = 0;
  for (; at < shorter && before[at] == now[at]; ++at)
    if (before[at] == '\n') {
      start = at + 1;
      ++number;
    }
  FormatDifference difference{.format = "text"};
  if (start == before.size() || start == now.size())
    difference.lines.push_back(
        fmt::format("line {} is {}: {}", number, start == now.size() ? "missing" : "new",
                    shown_line(line_at(start == now.size() ? before : now, start), 0)));
  else
    difference.lines.push_back(fmt::format("line {}: {} before, {} now", number,
                                           shown_line(line_at(before, start), at - start),
                                           shown_line(line_at(now, start), at - start)));
  return difference;
}

std::optional<FormatDifference> format_difference(std::string_view before, std::string_view now) {
  for (const auto compare :
       {gzip_difference, zip_difference, npy_difference, pickle_difference, text_difference})
    if (auto difference = compare(before, now)) return difference;
  return std::nullopt;
}

}  // namespace mlpipe
