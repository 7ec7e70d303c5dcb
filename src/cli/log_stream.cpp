#include "cli/log_stream.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/file.h"
#include "base/text.h"

namespace mlpipe {

namespace {

/// The length of the escape sequence that begins at text[at]; `is_colour` says whether it is one.
std::size_t sequence_length(std::string_view text, std::size_t at, bool& is_colour) {
  is_colour = false;
  if (at + 1 >= text.size()) return 1;
  if (text[at + 1] == ']') {  // a window's title, a link: up to BEL, or ESC and a backslash
    const auto end = text.find_first_of("\a\x1b", at + 2);
    if (end == std::string_view::npos) return text.size() - at;
    return end + (text[end] == '\a' ? 1 : 2) - at;
  }
  if (text[at + 1] != '[') return 2;
  std::size_t end = at + 2;
  while (end < text.size() && text[end] >= 0x20 && text[end] <= 0x3f) ++end;
  if (end == text.size()) return end - at;
  is_colour = text[end] == 'm';
  return end + 1 - at;
}

/// Nothing if it is not there yet.
Fd open_log(const std::filesystem::path& path) {
  return Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));  // NOLINT(*-vararg)
}

}  // namespace

std::string settled_line(std::string_view line) {
  while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (const auto redrawn = line.rfind('\r'); redrawn != std::string_view::npos)
    line.remove_prefix(redrawn + 1);
  std::string text;
  for (std::size_t i = 0; i < line.size();) {
    const char c = line[i];
    if (c == '\x1b') {
      bool is_colour = false;
      const auto length = sequence_length(line, i, is_colour);
      if (is_colour) text += line.substr(i, length);
      i += length;  // may be past the end: of a sequence that was cut off
      continue;
    }
    if (c == '\t' || std::iscntrl(static_cast<unsigned char>(c)) == 0) text += c;
    ++i;
  }
  return text;
}

LogStream::LogStream(const std::filesystem::path& stdout_file, std::string whole)
    : whole_(std::move(whole)) {
  auto stderr_file = stdout_file;
  stderr_file.replace_extension(".stderr");
  files_ = {{.path = stdout_file}, {.path = stderr_file}};
}

void LogStream::print_new(const Print& print) {
  for (auto& file : files_)
    if (const auto fd = open_log(file.path)) read(fd.get(), file, most_at_once, print);
}

void LogStream::print_rest(const Print& print) {
  for (auto& file : files_) {
    if (const auto fd = open_log(file.path)) {
      struct stat look {};
      const std::int64_t size = ::fstat(fd.get(), &look) == 0 ? look.st_size : file.position;
      if (size - file.position > most_at_end) skip_to_tail(fd.get(), file, size, print);
      read(fd.get(), file, size - file.position, print);
    }
    if (!file.unfinished.empty()) print(settled_line(file.unfinished));
    file.unfinished.clear();
  }
}

void LogStream::skip_to_tail(int fd, File& file, std::int64_t size, const Print& print) const {
  const auto from = file.position;
  file.position = size - tail_at_end;
  std::array<char, 65536> buffer;  // NOLINT(*-member-init)
  for (auto at = file.position - 1; at < size;) {
    const auto got = ::pread(fd, buffer.data(), buffer.size(), at);
    if (got <= 0) break;
    const std::string_view text(buffer.data(), static_cast<std::size_t>(got));
    if (const auto end = text.find('\n'); end != std::string_view::npos) {
      // A line as long as all of the tail is shown from its middle rather than not at all.
      if (const auto next = at + static_cast<std::int64_t>(end) + 1; next < size)
        file.position = next;
      break;
    }
    at += got;
  }
  const auto skipped = file.position - from + static_cast<std::int64_t>(file.unfinished.size());
  file.unfinished.clear();
  print(fmt::format("[... {} skipped: `{}` has all]",
                    size_text(static_cast<std::uint64_t>(skipped)), whole_));
}

void LogStream::read(int fd, File& file, std::int64_t most, const Print& print) {
  std::array<char, 65536> buffer;  // NOLINT(*-member-init)
  while (most > 0) {
    const auto wanted = std::min(buffer.size(), static_cast<std::size_t>(most));
    const auto got = ::pread(fd, buffer.data(), wanted, file.position);
    if (got <= 0) return;
    file.position += got;
    most -= got;
    std::string_view rest(buffer.data(), static_cast<std::size_t>(got));
    for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      file.unfinished += rest.substr(0, end);
      print(settled_line(file.unfinished));
      file.unfinished.clear();
      rest.remove_prefix(end + 1);
    }
    file.unfinished += rest;
    // A bar that never ends its line: what it has overwritten is of no use to anybody.
    constexpr std::size_t longest = std::size_t{1} << 20U;
    if (const auto redrawn = file.unfinished.rfind('\r'); file.unfinished.size() > 4096 &&
                                                          redrawn != std::string::npos &&
                                                          redrawn + 1 < file.unfinished.size())
      file.unfinished.erase(0, redrawn + 1);
    if (file.unfinished.size() > longest) {
      print(settled_line(file.unfinished));
      file.unfinished.clear();
    }
  }
}

}  // namespace mlpipe
