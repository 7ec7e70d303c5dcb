#include "cli/show_timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "cli/status_colour.h"

namespace mlpipe {

namespace {

constexpr std::size_t least_bar = 12;  ///< With less, bars say nothing.
constexpr std::size_t took_width = 11;

/// One column of a bar: how much of it is filled, from where, with what.
struct BarCell {
  enum class Fill { none, waiting, attempt, mark };
  Fill fill = Fill::none;
  double from = 0;  ///< Within the column: 0 … 1.
  double to = 1;
  Colour colour = Colour::plain;
};

std::vector<BarCell> cells_of(const TimelineRow& row, Duration length, std::size_t columns) {
  std::vector<BarCell> cells(columns);
  if (columns == 0) return cells;
  const double scale =
      length.count() <= 0 ? 0 : static_cast<double>(columns) / static_cast<double>(length.count());
  const auto place = [&](Duration at) {
    return std::clamp(static_cast<double>(at.count()) * scale, 0.0, static_cast<double>(columns));
  };
  const auto column_of = [columns](double at) {
    return std::min(static_cast<std::size_t>(at), columns - 1);
  };
  if (row.reused) cells[column_of(place(row.at))] = {.fill = BarCell::Fill::mark};
  for (const auto& segment : row.segments) {
    const bool attempt = segment.kind == TimelineSegment::Kind::attempt;
    const double from = place(segment.from);
    const double to = place(segment.to);
    const std::size_t first = column_of(from);
    for (std::size_t i = first; i < columns && (i == first || static_cast<double>(i) < to); ++i) {
      const double begin = std::max(from - static_cast<double>(i), 0.0);
      const double end = std::min(to - static_cast<double>(i), 1.0);
      // A column that two share goes to the attempt, or to the one that has more of it.
      auto& cell = cells[i];
      const bool taken = cell.fill == BarCell::Fill::attempt;
      if (taken && (!attempt || end - begin < cell.to - cell.from)) continue;
      if (!attempt && end - begin < 0.5) continue;
      cell = {attempt ? BarCell::Fill::attempt : BarCell::Fill::waiting, begin, end,
              attempt ? colour_of(segment.status) : Colour::grey};
    }
  }
  return cells;
}

std::string_view glyph(const BarCell& cell, Glyphs glyphs) {
  static constexpr std::array<std::string_view, 8> eighths = {"▏", "▎", "▍", "▌",
                                                              "▋", "▊", "▉", "█"};
  const bool unicode = glyphs == Glyphs::unicode;
  switch (cell.fill) {
    case BarCell::Fill::none:
      return " ";
    case BarCell::Fill::waiting:
      return unicode ? "░" : "-";
    case BarCell::Fill::mark:
      return unicode ? "▏" : "|";
    case BarCell::Fill::attempt:
      break;
  }
  if (!unicode) return "#";
  // There are blocks that begin at the left in eighths, but at the right only a half one.
  if (cell.from >= 0.5 && cell.to > 0.99) return "▐";
  const auto part = std::lround((cell.to - (cell.from >= 0.5 ? cell.from : 0)) * 8);
  return eighths.at(static_cast<std::size_t>(std::clamp(part, 1L, 8L) - 1));
}

std::string coloured_bar(const std::vector<BarCell>& cells, Glyphs glyphs, const Terminal& out) {
  std::string text;
  for (std::size_t i = 0; i < cells.size();) {
    std::string run;
    const Colour colour = cells[i].colour;
    for (; i < cells.size() && cells[i].colour == colour; ++i) run += glyph(cells[i], glyphs);
    text += out.coloured(run, colour);
  }
  return text;
}

/// "0      1 s     2 s": labels below their places, as many as fit without touching.
std::string tick_line(Duration length, std::size_t columns, Glyphs glyphs) {
  std::string line;
  std::size_t used = 0;
  for (const auto& tick : time_axis(length, std::max<std::size_t>(columns / 12, 2)).ticks) {
    const double seconds = static_cast<double>(length.count()) / 1e6;
    std::string label = tick.label;
    if (glyphs == Glyphs::ascii)
      if (const auto micro = label.find("µ"); micro != std::string::npos)
        label.replace(micro, std::string_view("µ").size(), "u");
    const auto width = columns_of(label);
    const auto at = static_cast<std::size_t>(
        std::lround(seconds <= 0 ? 0 : tick.value / seconds * static_cast<double>(columns)));
    if (at + width > columns || (used > 0 && at <= used)) continue;
    line += std::string(at - used, ' ') + label;
    used = at + width;
  }
  return line;
}

std::string took_text(const TimelineRow& row, Glyphs glyphs) {
  if (row.reused) return "reused";
  if (row.segments.empty()) return std::string(to_text(row.status));
  if (row.status == Status::not_responding) return "?";
  std::string text = row.took.count() > 0 ? duration_text(row.took) : std::string("-");
  if (const auto micro = text.find("µ"); glyphs == Glyphs::ascii && micro != std::string::npos)
    text.replace(micro, std::string_view("µ").size(), "u");
  return text;
}

std::string ascii_or(std::string text, Glyphs glyphs) {
  if (glyphs == Glyphs::ascii)
    if (const auto cut = text.find("…"); cut != std::string::npos)
      text.replace(cut, std::string_view("…").size(), "~");
  return text;
}

}  // namespace

std::string bar_text(const TimelineRow& row, Duration length, std::size_t columns, Glyphs glyphs) {
  std::string text;
  for (const auto& cell : cells_of(row, length, columns)) text += glyph(cell, glyphs);
  return text;
}

std::string timeline_text(const RunDetails& details, const Terminal& out, bool asked_for) {
  if (!out.is_live() && !asked_for) return {};
  const Timeline timeline = timeline_of(details, now());
  if (!timeline.has_bars()) return {};
  constexpr std::size_t usual = 80;
  const std::size_t width = out.is_live() ? out.width() : usual;
  std::size_t name = 4;
  for (const auto& row : timeline.rows) name = std::max(name, columns_of(row.step));
  name = std::min(name, width / 3);
  if (width < name + 2 + least_bar + 2 + took_width) return "\n(timeline: no room)\n";
  constexpr std::size_t widest = 100;
  const std::size_t columns = std::min(width - name - 2 - 2 - took_width, widest);
  const Glyphs glyphs = terminal_glyphs();
  std::string text =
      "\n" + fmt::format("{}  {}\n", padded("", name),
                         out.coloured(tick_line(timeline.length, columns, glyphs), Colour::grey));
  for (const auto& row : timeline.rows) {
    const auto took = took_text(row, glyphs);
    const auto used = columns_of(took);
    text += fmt::format("{}  {}  {}{}\n", padded(ascii_or(cut_to(row.step, name), glyphs), name),
                        coloured_bar(cells_of(row, timeline.length, columns), glyphs, out),
                        std::string(took_width > used ? took_width - used : 0, ' '), took);
  }
  return text;
}

Glyphs terminal_glyphs() { return shows_utf8() ? Glyphs::unicode : Glyphs::ascii; }

}  // namespace mlpipe
