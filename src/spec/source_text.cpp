#include "spec/source_text.h"

#include <algorithm>
#include <utility>

namespace mlpipe {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t kilobyte = 1024;

}  // namespace

SourceText::SourceText(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)) {
  if (text_.starts_with(byte_order_mark)) text_.erase(0, byte_order_mark.size());
  line_starts_.push_back(0);
  for (std::size_t at = text_.find('\n'); at != std::string::npos; at = text_.find('\n', at + 1))
    line_starts_.push_back(at + 1);
  for (std::size_t at = 0; at <= text_.size(); at += kilobyte)
    characters_before_.push_back(
        at == 0 ? 0
                : characters_before_.back() +
                      character_count(this->text().substr(at - kilobyte, kilobyte)));
}

std::size_t SourceText::characters_before(std::size_t offset) const {
  const auto block = offset / kilobyte;
  return characters_before_[block] +
         character_count(text().substr(block * kilobyte, offset % kilobyte));
}

std::string_view SourceText::line(int number) const {
  if (number < 1 || static_cast<std::size_t>(number) > line_starts_.size()) return {};
  const auto index = static_cast<std::size_t>(number) - 1;
  const auto start = line_starts_[index];
  const auto end = index + 1 < line_starts_.size() ? line_starts_[index + 1] - 1 : text_.size();
  auto line = this->text().substr(start, end - start);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::size_t SourceText::offset(Mark mark) const {
  if (mark.line < 1 || static_cast<std::size_t>(mark.line) > line_starts_.size())
    return text_.size();
  const auto start = line_starts_[static_cast<std::size_t>(mark.line) - 1];
  return std::min(text_.size(), start + static_cast<std::size_t>(std::max(mark.column, 1)) - 1);
}

Mark SourceText::mark(std::size_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = after - line_starts_.begin();
  return {
      .line = static_cast<int>(line),
      .column = static_cast<int>(offset - line_starts_[static_cast<std::size_t>(line) - 1]) + 1};
}

Mark SourceText::mark(const SpecLocation& location) const {
  if (location.line == 0) return {.line = 0, .column = -1};
  const auto line = this->line(location.line);
  std::size_t at = 0;
  for (int left = location.column; at < line.size(); ++at)
    if ((static_cast<unsigned char>(line[at]) & 0xC0U) != 0x80U && --left == 0) break;
  return {.line = location.line, .column = static_cast<int>(at) + 1};
}

SpecLocation SourceText::location(Mark mark) const {
  if (mark.line == 0) return {.file = name_};
  const auto line = this->line(mark.line);
  if (line.empty()) return {.file = name_, .line = mark.line, .column = 1};
  const auto start = line_starts_[static_cast<std::size_t>(mark.line) - 1];
  const auto end = start + std::min(line.size(), static_cast<std::size_t>(mark.column) - 1);
  return {.file = name_,
          .line = mark.line,
          .column = static_cast<int>(characters_before(end) - characters_before(start)) + 1};
}

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace mlpipe
