#include "cli/table.h"

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace mlpipe {

namespace {

constexpr std::size_t gap = 2;          ///< Blanks between columns.
constexpr std::size_t least_width = 6;  ///< A column is not shrunk below this.

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

std::string Table::text(const Terminal& terminal) const {
  const std::size_t room =
      terminal.is_live() ? terminal.width() : std::numeric_limits<std::size_t>::max() / 2;
  const auto width = widths(room);
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
    std::size_t lines = 1;
    for (const auto& cell : row) lines = std::max(lines, split(cell.text, '\n').size());
    for (std::size_t at = 0; at < lines; ++at)
      add_line([&row, at](std::size_t i) {
        if (i >= row.size()) return Cell{};
        const auto parts = split(row[i].text, '\n');
        return at < parts.size() ? Cell{std::string(parts[at]), row[i].colour} : Cell{};
      });
  }
  return result;
}

}  // namespace mlpipe
