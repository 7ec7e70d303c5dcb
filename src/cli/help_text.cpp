#include "cli/help_text.h"

#include <algorithm>

#include "base/text.h"
#include "cli/terminal.h"

namespace mlpipe {

namespace {

using BlockKind = HelpBlock::Kind;

constexpr std::string_view fence = "```";
constexpr std::string_view separator = " :: ";
constexpr std::size_t widest_term = 28;  ///< Longer ones have a line of their own.

HelpBlock begin_block(std::string_view line) {
  if (line.starts_with("# "))
    return {.kind = BlockKind::heading, .text = std::string(line.substr(2))};
  if (line.starts_with("* ")) return {.kind = BlockKind::item, .text = std::string(line.substr(2))};
  const auto at = line.find(separator);
  if (at == std::string_view::npos) return {.text = std::string(line)};
  return {.kind = BlockKind::term,
          .text = std::string(line.substr(at + separator.size())),
          .term = std::string(line.substr(0, at))};
}

/// The words of `text`; what stands in backquotes is one word if it has at most `longest` columns.
std::vector<std::string> words_of(std::string_view text, std::size_t longest) {
  std::vector<std::string> words;
  bool in_code = false;
  std::size_t code = 0;  // the word in which the code begins
  for (const auto word : split(text, ' ')) {
    if (word.empty()) continue;
    if (!in_code) code = words.size();
    words.emplace_back(word);
    if (std::count(word.begin(), word.end(), '`') % 2 != 0) in_code = !in_code;
    if (in_code || words.size() == code + 1) continue;
    std::string whole;
    for (auto i = code; i < words.size(); ++i) whole += (i == code ? "" : " ") + words[i];
    if (columns_of(whole) > longest) continue;
    words.resize(code);
    words.push_back(std::move(whole));
  }
  return words;
}

/// `text` in lines of at most `width` columns, each after `indent` blanks.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string lines;
  std::string line;
  const std::size_t room = width > indent ? width - indent : 1;
  const auto end_line = [&] {
    lines += std::string(indent, ' ') + line + "\n";
    line.clear();
  };
  for (const auto& word : words_of(text, room)) {
    if (!line.empty() && columns_of(line) + 1 + columns_of(word) > room) end_line();
    line += (line.empty() ? "" : " ") + word;
  }
  if (!line.empty()) end_line();
  return lines;
}

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return text;
}

/// The column at which the texts of the terms around `index` begin.
std::size_t text_column(const std::vector<HelpBlock>& blocks, std::size_t index) {
  std::size_t first = index;
  while (first > 0 && blocks[first - 1].kind == BlockKind::term) --first;
  std::size_t widest = 0;
  for (; first < blocks.size() && blocks[first].kind == BlockKind::term; ++first) {
    const auto columns = columns_of(blocks[first].term);
    if (columns <= widest_term) widest = std::max(widest, columns);
  }
  return widest == 0 ? 6 : widest + 4;
}

std::string lines_of(const std::vector<HelpBlock>& blocks, std::size_t index, std::size_t width) {
  const auto& block = blocks[index];
  std::string lines;
  switch (block.kind) {
    case BlockKind::heading:
      return upper_case(block.text) + "\n";
    case BlockKind::paragraph:
      return wrapped(block.text, 0, width);
    case BlockKind::item:
      lines = wrapped(block.text, 4, width);
      lines[2] = '*';
      return lines;
    case BlockKind::term:
      return term_lines(block.term, block.text, text_column(blocks, index), width);
    case BlockKind::verbatim:
      for (const auto line : split(block.text, '\n'))
        lines += line.empty() ? "\n" : "    " + std::string(line) + "\n";
      return lines;
  }
  return lines;
}

}  // namespace

std::vector<HelpBlock> read_help(std::string_view text) {
  std::vector<HelpBlock> blocks;
  bool is_open = false;  // the last block goes on
  bool is_verbatim = false;
  for (const auto line : split(text, '\n')) {
    if (line.starts_with(fence)) {
      is_verbatim = !is_verbatim;
      is_open = false;
      if (is_verbatim) blocks.push_back({.kind = BlockKind::verbatim, .text = ""});
    } else if (is_verbatim) {
      auto& lines = blocks.back().text;
      lines += (is_open ? "\n" : "") + std::string(line);
      is_open = true;
    } else if (line.empty()) {
      is_open = false;
    } else {
      auto block = begin_block(line);
      const bool goes_on = is_open && block.kind == BlockKind::paragraph;
      is_open = block.kind != BlockKind::heading;
      if (goes_on)
        blocks.back().text += " " + block.text;
      else
        blocks.push_back(std::move(block));
    }
  }
  return blocks;
}

std::string help_lines(const std::vector<HelpBlock>& blocks, std::size_t width) {
  std::string lines;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto kind = blocks[i].kind;
    const bool of_one_list =
        i > 0 && blocks[i - 1].kind == kind && (kind == BlockKind::item || kind == BlockKind::term);
    const bool below_heading = i > 0 && blocks[i - 1].kind == BlockKind::heading;
    if (i > 0 && !of_one_list && !below_heading) lines += "\n";
    lines += lines_of(blocks, i, width);
  }
  return lines;
}

std::string term_lines(std::string_view term, std::string_view text, std::size_t column,
                       std::size_t width) {
  constexpr std::size_t narrowest = 24;  // of the text
  const bool side_by_side = columns_of(term) + 4 <= column && column + narrowest <= width;
  if (!side_by_side) return wrapped(term, 2, width) + wrapped(text, 6, width);
  const auto lines = wrapped(text, column, width);
  return "  " + padded(term, column - 2) + (lines.empty() ? "\n" : lines.substr(column));
}

}  // namespace mlpipe
