#include "spec/source_text.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace mlpipe {

namespace {

constexpr std::uint64_t largest_file = std::uint64_t{64} << 20U;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Length of the longest well-formed start of `bytes`.
std::size_t utf8_prefix(std::string_view bytes) {
  std::size_t good = 0;
  for (;;) {  // whole lines first
    const auto end = bytes.find('\n', good);
    if (end == std::string_view::npos || !is_utf8(bytes.substr(good, end + 1 - good))) break;
    good = end + 1;
  }
  for (;;) {  // then characters
    std::size_t length = 1;
    while (length <= 4 && !is_utf8(bytes.substr(good, length))) ++length;
    if (length > 4 || good >= bytes.size()) return good;
    good += length;
  }
}

void check_is_regular(const std::filesystem::path& file, const std::string& name,
                      std::string_view what) {
  const auto stat = stat_file(file);
  if (!stat) {
    const bool dangles = stat_link(file).has_value();
    fail(ErrorKind::not_found, "cannot read the {} '{}': {}", what, name,
         dangles ? "it is a link that leads nowhere" : "there is no such file");
  }
  if (stat->kind == FileKind::folder) {
    const bool has_pipeline = stat_file(file / "pipeline.yaml").has_value();
    fail(ErrorKind::invalid_file, "cannot read the {} '{}': it is a folder, not a YAML file{}",
         what, name,
         has_pipeline ? fmt::format(" (did you mean '{}'?)", (file / "pipeline.yaml").string())
                      : "");
  }
  if (stat->kind != FileKind::file)
    fail(ErrorKind::invalid_file, "cannot read the {} '{}': it is not a regular file", what, name);
  if (stat->size > largest_file)
    fail(ErrorKind::invalid_file,
         "cannot read the {} '{}': it has {}, and more than {} are not accepted", what, name,
         size_text(stat->size), size_text(largest_file));
}

}  // namespace

SourceText::SourceText(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)) {
  if (text_.starts_with(byte_order_mark)) text_.erase(0, byte_order_mark.size());
  line_starts_.push_back(0);
  for (std::size_t at = text_.find('\n'); at != std::string::npos; at = text_.find('\n', at + 1))
    line_starts_.push_back(at + 1);
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
  const auto before = line(mark.line).substr(0, static_cast<std::size_t>(mark.column) - 1);
  return {
      .file = name_, .line = mark.line, .column = static_cast<int>(character_count(before)) + 1};
}

SourceText read_source(const std::filesystem::path& file, std::string_view what) {
  const std::string name = printable(file.string());
  check_is_regular(file, name, what);
  std::string text = read_file(file);
  if (const auto zero = text.find('\0'); zero != std::string::npos)
    fail(ErrorKind::invalid_file,
         "cannot read the {} '{}': it is a binary file (byte {} is zero), not YAML", what, name,
         zero + 1);
  if (!is_utf8(text)) {
    const auto good = utf8_prefix(text);
    const auto byte = static_cast<unsigned char>(text[good]);
    const SourceText source(name, text.substr(0, good));
    const auto at = source.location(source.mark(good));
    fail(ErrorKind::invalid_file,
         "{}:{}:{}: error: this is not UTF-8 text (byte 0x{:02x}); save the file as UTF-8", name,
         at.line, at.column, byte);
  }
  return {name, std::move(text)};
}

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace mlpipe
