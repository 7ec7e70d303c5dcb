#include "view/report_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace mlpipe {

namespace {

/// The ending of a file's name in small letters, without the dot.
std::string ending_of(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return {};
  std::string ending(name.substr(dot + 1));
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ending;
}

Markup block(std::string_view summary, std::string_view note, std::string_view content, bool open,
             std::string_view look = "block") {
  Markup head = text(summary);
  if (!note.empty()) head += element("span", {{"class", "note"}}, fmt::format(" {}", note));
  return element(
      "details", {{"class", look}, {"open", open ? "" : no_attribute}},
      element("summary", {}, head) +
          element("div", {{"class", "text"}, {"tabindex", "0"}}, element("pre", {}, content)));
}

}  // namespace

std::string image_type(std::string_view name, std::string_view first_bytes) {
  using namespace std::string_view_literals;
  if (first_bytes.starts_with("\x89PNG\r\n\x1a\n"sv)) return "image/png";
  if (first_bytes.starts_with("\xFF\xD8\xFF"sv)) return "image/jpeg";
  if (first_bytes.starts_with("GIF87a"sv) || first_bytes.starts_with("GIF89a"sv))
    return "image/gif";
  if (first_bytes.starts_with("RIFF"sv) && first_bytes.substr(0, 12).ends_with("WEBP"sv))
    return "image/webp";
  if (ending_of(name) == "svg" &&
      first_bytes.substr(0, 4096).find("<svg"sv) != std::string_view::npos)
    return "image/svg+xml";
  return {};
}

ShownAs shown_as(std::string_view name) {
  static constexpr std::array images = {"png", "jpg", "jpeg", "gif", "webp", "svg"};
  static constexpr std::array texts = {"txt", "csv",  "tsv", "json", "jsonl", "ndjson", "yaml",
                                       "yml", "md",   "rst", "html", "htm",   "xml",    "log",
                                       "ini", "toml", "cfg", "tex",  "py",    "r",      "sh"};
  const std::string ending = ending_of(name);
  if (std::find(images.begin(), images.end(), ending) != images.end()) return ShownAs::image;
  if (std::find(texts.begin(), texts.end(), ending) != texts.end()) return ShownAs::text;
  return ShownAs::nothing;
}

std::optional<std::string> ReportBudget::refuse_image(std::uint64_t bytes) {
  if (bytes > limits_.image_bytes)
    return fmt::format("larger than {}", size_text(limits_.image_bytes));
  if (image_bytes_ + bytes > limits_.all_images_bytes)
    return fmt::format("with it the images would be larger than {} in all",
                       size_text(limits_.all_images_bytes));
  if (images_ == limits_.images) return fmt::format("there are {} images already", limits_.images);
  image_bytes_ += bytes;
  ++images_;
  return std::nullopt;
}

std::uint64_t ReportBudget::preview_room() const {
  return previews_ >= limits_.all_previews_bytes ? 0 : limits_.preview_bytes;
}

std::uint64_t ReportBudget::log_room() const {
  return logs_ >= limits_.all_logs_bytes ? 0 : limits_.log_bytes;
}

std::string shown_name(const OutputRecord& output) {
  if (output.name == artifacts_output) return "outputs";
  if (output.name == logs_output) return "logs";
  return output.name;
}

Beginning beginning_of(std::string_view content, std::uint64_t bytes, const ReportLimits& limits) {
  Beginning result{.cut = content.size() < bytes};
  std::size_t end = 0;
  std::size_t lines = 0;
  while (end < content.size() && lines < limits.preview_lines) {
    const auto newline = content.find('\n', end);
    end = newline == std::string_view::npos ? content.size() : newline + 1;
    ++lines;
  }
  result.cut = result.cut || end < content.size();
  if (end == content.size() && result.cut) {  // do not end within a character
    while (end > 0 && (static_cast<unsigned char>(content[end - 1]) & 0xC0U) == 0x80U) --end;
    if (end > 0 && static_cast<unsigned char>(content[end - 1]) >= 0xC0U) --end;
  }
  result.text = content.substr(0, end);
  // As `csv` in Python ends lines.
  for (auto at = result.text.find("\r\n"); at != std::string::npos;
       at = result.text.find("\r\n", at))
    result.text.erase(at, 1);
  return result;
}

Beginning end_of(const ShownLog& log, const ReportLimits& limits) {
  std::string content = log_text(log.content);
  std::size_t begin = 0;
  if (log.cut) {  // its first line is a piece of one
    const auto newline = content.find('\n');
    begin = newline == std::string::npos ? 0 : newline + 1;
  }
  std::size_t lines = 0;
  bool cut = log.cut;
  for (std::size_t i = content.size(); i > begin; --i)
    if (content[i - 1] == '\n' && i != content.size() && ++lines == limits.log_lines) {
      cut = true;
      begin = i;
      break;
    }
  return {.text = content.substr(begin), .cut = cut};
}

Markup image_figure(const ShownFile& file, std::string_view caption, std::string_view id,
                    std::string_view back) {
  const std::string uri = data_uri(file.media_type, file.content);
  // As one piece: escaped() need not look through megabytes of base64.
  const Markup image = Markup::trusted(
      fmt::format(R"(<img alt="{}" src="{}">)", escaped(fmt::format("Image {}", caption)), uri));
  const auto link_to = [](std::string_view place) { return fmt::format("#{}", place); };
  return element("figure", {{"class", "image"}, {"id", id}},
                 element("a", {{"href", link_to(id)}, {"title", "Show it in full"}}, image) +
                     element("a", {{"class", "close"}, {"href", link_to(back)}}, "Close") +
                     element("figcaption", {}, caption));
}

Markup preview_block(const ShownFile& file) {
  const auto beginning = beginning_of(file.content, file.bytes);
  return block(file.path,
               fmt::format("{}{}", size_text(file.bytes), beginning.cut ? ", its beginning" : ""),
               beginning.text, false);
}

Markup log_block(const ShownLog& log, bool open) {
  const auto end = end_of(log);
  return block(log.title, end.cut ? "the end of it" : "", end.text, open, "block log");
}

}  // namespace mlpipe
