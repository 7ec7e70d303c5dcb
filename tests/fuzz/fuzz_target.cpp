#include "fuzz/fuzz_target.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "base/file.h"
#include "base/text.h"
#include "spec/source_text.h"

namespace mlpipe::fuzz {

namespace fs = std::filesystem;

void require(bool holds, std::string_view promise, std::string_view detail) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n%.*s\n", static_cast<int>(promise.size()),
               promise.data(), static_cast<int>(detail.size()), detail.data());
  std::abort();
}

std::vector<std::string> texts_in(std::string_view input, std::size_t least) {
  constexpr std::string_view border = "\n%%\n";
  std::vector<std::string> texts;
  for (;;) {
    const auto end = input.find(border);
    texts.emplace_back(input.substr(0, end));
    if (end == std::string_view::npos) break;
    input.remove_prefix(end + border.size());
  }
  texts.resize(std::max(texts.size(), least));
  return texts;
}

ScratchFile::ScratchFile(const char* name) {
  std::string folder = fs::temp_directory_path() / "mlpipe-fuzz-XXXXXX";
  require(::mkdtemp(folder.data()) != nullptr, "there is a folder to write to", folder);
  path_ = fs::path(folder) / name;
}

ScratchFile::~ScratchFile() {
  std::error_code error;
  fs::remove_all(path_.parent_path(), error);
}

void ScratchFile::write(std::string_view content) const {
  const Fd fd = open_file(path_, O_WRONLY | O_CREAT | O_TRUNC);
  write_all(fd.get(), content, path_);
}

std::string ScratchFile::read() const { return read_file(path_); }

namespace {

/// Takes a number and ':' off the front; -1 if there is none.
int take_place(std::string_view& text) {
  const auto end = text.find_first_not_of("0123456789");
  if (end == 0 || end == std::string_view::npos || end > 9 || text[end] != ':') return -1;
  const int number = std::atoi(std::string(text.substr(0, end)).c_str());
  text.remove_prefix(end + 1);
  return number;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == ':' || c == '_';
}

/// Goes through markup tag by tag.
class MarkupCheck {
 public:
  MarkupCheck(std::string_view markup, bool void_tags) : rest_(markup), void_tags_(void_tags) {}

  void run() {
    while (!rest_.empty()) {
      if (rest_.starts_with("<!DOCTYPE html>") || rest_.starts_with("<!doctype html>"))
        rest_.remove_prefix(15);
      else if (rest_[0] == '<')
        take_tag();
      else
        take_text();
    }
    require(open_.empty(), "every tag is closed", open_.empty() ? "" : open_.back());
  }

 private:
  void take_text() {
    const auto text = rest_.substr(0, rest_.find('<'));
    // A style sheet is text as it is; it is ours.
    if (open_.empty() || open_.back() != "style") check_entities(text);
    rest_.remove_prefix(text.size());
  }

  void check_entities(std::string_view text) const {
    for (auto at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1)) {
      const auto end = text.substr(at, 10).find(';');
      require(end != std::string_view::npos && end > 1, "every & begins an entity",
              text.substr(at, 40));
    }
  }

  std::string take_name() {
    std::string name;
    while (!rest_.empty() && is_name_character(rest_[0])) {
      name += rest_[0];
      rest_.remove_prefix(1);
    }
    require(!name.empty(), "a < begins a tag", rest_.substr(0, 40));
    return name;
  }

  void take_tag() {
    const auto whole = rest_.substr(0, 80);
    rest_.remove_prefix(1);
    if (rest_.starts_with('/')) {
      rest_.remove_prefix(1);
      const std::string name = take_name();
      require(!open_.empty() && open_.back() == name, "tags end in the order they began", whole);
      open_.pop_back();
      require(rest_.starts_with('>'), "an end tag has no attributes", whole);
      rest_.remove_prefix(1);
      return;
    }
    const std::string name = take_name();
    require(name != "script", "there is no script", whole);
    bool closed = take_attributes(whole);
    static constexpr std::array<std::string_view, 6> voids = {"meta", "img",  "br",
                                                              "hr",   "link", "input"};
    if (void_tags_ && std::find(voids.begin(), voids.end(), name) != voids.end()) closed = true;
    if (!closed) open_.push_back(name);
  }

  /// Up to the end of a start tag; true if it closes itself.
  bool take_attributes(std::string_view whole) {
    for (;;) {
      rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n"), rest_.size()));
      if (rest_.starts_with("/>")) {
        rest_.remove_prefix(2);
        return true;
      }
      if (rest_.starts_with('>')) {
        rest_.remove_prefix(1);
        return false;
      }
      const std::string name = take_name();
      require(!name.starts_with("on"), "no attribute acts", whole);
      if (!rest_.starts_with("=")) continue;  // `open` and the like
      require(rest_.starts_with("=\""), "every attribute's value is quoted", whole);
      const auto end = rest_.find('"', 2);
      require(end != std::string_view::npos, "every quote is closed", whole);
      const auto value = rest_.substr(2, end - 2);
      require(value.find('<') == std::string_view::npos, "no < in an attribute", whole);
      check_entities(value);
      rest_.remove_prefix(end + 1);
    }
  }

  std::string_view rest_;
  bool void_tags_;
  std::vector<std::string> open_;
};

}  // namespace

void require_good_message(std::string_view message, std::string_view file, std::string_view text) {
  require(is_utf8(message), "a message is UTF-8", message);
  for (const auto line : split(message, '\n')) {
    if (!line.starts_with(file) || !line.substr(file.size()).starts_with(':')) continue;
    auto rest = line.substr(file.size() + 1);
    const int row = take_place(rest);
    if (row < 0) continue;  // a message about the file as a whole
    const int column = take_place(rest);
    const SourceText source("", std::string(text));
    const auto there =
        static_cast<std::size_t>(std::count(source.text().begin(), source.text().end(), '\n'));
    require(row >= 1 && static_cast<std::size_t>(row) <= there + 1, "a place is inside the text",
            line);
    require(
        column >= 1 && static_cast<std::size_t>(column) <= character_count(source.line(row)) + 1,
        "a column is inside its line", line);
  }
}

void require_balanced(std::string_view markup, bool void_tags) {
  require(is_utf8(markup), "markup is UTF-8");
  MarkupCheck(markup, void_tags).run();
}

std::string framed(std::string_view frame) {
  const auto length = static_cast<std::uint32_t>(frame.size());
  std::string bytes(reinterpret_cast<const char*>(&length), sizeof length);
  return bytes.append(frame);
}

}  // namespace mlpipe::fuzz
