#include "cli/table.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/text.h"

namespace mlpipe {

namespace {

constexpr std::size_t gap = 2;          ///< Blanks between columns.
constexpr std::size_t least_width = 6;  ///< A column is not shrunk below this.

/// Whether a character's first byte is here.
bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

/// The first line of `text` that takes at most `columns`, broken at a blank where there is one;
/// `text` is left with the rest.
std::string take_line(std::string_view& text, std::size_t columns) {
  std::size_t used = 0;
  std::size_t end = 0;
  std::size_t blank = std::string_view::npos;
  for (; end < text.size(); ++end) {
    if (text[end] == ' ' && end > 0) blank = end;
    if (starts_character(text[end]) && ++used > columns) break;
  }
  if (end == text.size()) return std::string(std::exchange(text, {}));
  if (blank != std::string_view::npos) end = blank;
  std::string line(text.substr(0, end));
  line.erase(line.find_last_not_of(' ') + 1);
  text.remove_prefix(std::min(text.find_first_not_of(' ', end), text.size()));
  return line;
}

/// The lines of a cell, none wider than `columns`.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  for (auto line : split(text, '\n')) {
    do lines.push_back(take_line(line, std::max<std::size_t>(columns, 1)));
    while (!line.empty());
  }
  return lines;
}

std::string aligned(std::string text, std::size_t width, Table::Align align) {
  const auto used = columns_of(text);
  if (used >= width) return text;
  return align == Table::Align::left ? text + std::string(width - used, ' ')
                                     : std::string(width - used, ' ') + text;
}

}  // namespace

std::vector<std::size_t> Table::widths(std::size_t room) const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i)
      for (const auto line : split(row[i].text, '\n'))
        widths[i] = std::max(widths[i], columns_of(line));
  std::size_t total = 0;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] == 0) continue;  // an empty column is left out, with its head
    widths[i] = std::max(widths[i], columns_of(printable(columns_[i].head)));
    total += widths[i] + gap;
  }
  while (total > room + gap) {
    std::size_t widest = columns_.size();
    for (std::size_t i = 0; i < widths.size(); ++i)
      if (columns_[i].may_shrink && widths[i] > least_width &&
          (widest == columns_.size() || widths[i] > widths[widest]))
        widest = i;
    if (widest == columns_.size()) break;
    const auto less = std::min(total - room - gap, widths[widest] - least_width);
    widths[widest] -= less;
    total -= less;
  }
  return widths;
}

std::size_t Table::full_width() const {
  std::size_t total = 0;
  for (const auto width : widths(std::numeric_limits<std::size_t>::max() / 2))
    if (width > 0) total += width + (total == 0 ? 0 : gap);
  return total;
}

bool Table::fits(const std::vector<std::size_t>& widths, std::size_t room) const {
  constexpr std::size_t least_to_wrap = 16;  // fewer make a column of broken words
  std::size_t total = 0;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] == 0) continue;
    total += widths[i] + (total == 0 ? 0 : gap);
    if (!columns_[i].wraps || widths[i] >= least_to_wrap) continue;
    for (const auto& row : rows_)
      if (i < row.size())
        for (const auto line : split(row[i].text, '\n'))
          if (columns_of(line) > widths[i]) return false;
  }
  return total <= room;
}

std::string Table::text(const Terminal& terminal) const {
  const std::size_t room =
      terminal.is_live() ? terminal.width() : std::numeric_limits<std::size_t>::max() / 2;
  const auto width = widths(room);
  return fits(width, room) ? in_columns(width, room, terminal) : row_by_row(room, terminal);
}

std::string Table::row_by_row(std::size_t room, const Terminal& terminal) const {
  std::string result;
  for (const auto& row : rows_) {
    bool first = true;
    for (std::size_t i = 0; i < row.size() && i < columns_.size(); ++i) {
      if (row[i].text.empty()) continue;
      const auto& head = columns_[i].head;
      const std::string text =
          first || head.empty() ? row[i].text : printable(head) + ": " + row[i].text;
      const std::size_t indent = first ? 0 : gap;
      for (const auto& line : wrapped(text, room > indent ? room - indent : 1))
        result += std::string(indent, ' ') + terminal.coloured(line, row[i].colour) + "\n";
      first = false;
    }
  }
  return result;
}

std::string Table::in_columns(const std::vector<std::size_t>& width, std::size_t room,
                              const Terminal& terminal) const {
  std::string result;

  // One line of a row: cells are cut to their column, and the last ones to what is left of it.
  const auto add_line = [&](const auto& cell_of) {
    std::string line;
    std::string blanks;  // held back, so that no line ends in them
    std::size_t used = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (width[i] == 0) continue;
      if (used >= room) break;
      const Cell cell = cell_of(i);
      const auto columns = std::min(width[i], room - used);
      const std::string padded_text =
          aligned(cut_to(cell.text, columns), columns, columns_[i].align);
      const auto end = padded_text.find_last_not_of(' ');
      if (end != std::string::npos) {
        line += blanks + terminal.coloured(padded_text.substr(0, end + 1), cell.colour);
        blanks.clear();
      }
      blanks.append(padded_text.size() - (end == std::string::npos ? 0 : end + 1), ' ');
      blanks.append(gap, ' ');
      used += columns + gap;
    }
    result += line + "\n";
  };

  if (std::any_of(columns_.begin(), columns_.end(),
                  [](const Column& column) { return !column.head.empty(); }))
    add_line([this](std::size_t i) { return Cell{printable(columns_[i].head), Colour::grey}; });
  for (const auto& row : rows_) {
    std::vector<std::vector<std::string>> parts(std::min(row.size(), columns_.size()));
    std::size_t lines = 1;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (columns_[i].wraps && width[i] > 0)
        parts[i] = wrapped(row[i].text, width[i]);
      else
        for (const auto line : split(row[i].text, '\n')) parts[i].emplace_back(line);
      lines = std::max(lines, parts[i].size());
    }
    for (std::size_t at = 0; at < lines; ++at)
      add_line([&](std::size_t i) {
        return i < parts.size() && at < parts[i].size() ? Cell{parts[i][at], row[i].colour}
                                                        : Cell{};
      });
  }
  return result;
}

}  // namespace mlpipe
