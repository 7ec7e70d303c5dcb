#include "engine/published_mark.h"

#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

constexpr const char* attribute = "user.mlpipe.published";

std::string mark_of(const Hash& content, const fs::path& path) {
  return content.hex() + " " + hash_bytes(path.native()).hex();
}

/// Files first, then folders from the inside out; nothing if it is more than a little.
std::vector<fs::path> parts_of(const fs::path& made) {
  constexpr std::size_t little = 64;
  std::vector<fs::path> files;
  std::vector<fs::path> folders;
  if (fs::is_directory(fs::symlink_status(made))) {
    for (const auto& entry : fs::recursive_directory_iterator(made)) {
      if (entry.is_symlink()) continue;
      (entry.is_directory() ? folders : files).push_back(entry.path());
      if (files.size() + folders.size() > little) return {};
    }
    folders.insert(folders.begin(), made);
  } else {
    files.push_back(made);
  }
  files.insert(files.end(), folders.rbegin(), folders.rend());
  return files;
}

}  // namespace

void mark_published(const fs::path& made, const Hash& content, const fs::path& path) {
  const std::string mark = mark_of(content, path);
  (void)::setxattr(made.c_str(), attribute, mark.data(), mark.size(), 0);
}

std::optional<Hash> published_mark(const fs::path& path) {
  std::array<char, 128> buffer{};
  const auto got = ::getxattr(path.c_str(), attribute, buffer.data(), buffer.size());
  if (got <= 0) return std::nullopt;
  const std::string_view mark(buffer.data(), static_cast<std::size_t>(got));
  const auto content = parse_hash(mark.substr(0, mark.find(' ')));
  return content && mark == mark_of(*content, path) ? content : std::nullopt;
}

bool is_marked_published(const fs::path& path, const Hash& content) {
  return published_mark(path) == content;
}

void flush_copy(const fs::path& made) {
  const auto parts = parts_of(made);
  for (const auto& part : parts) flush_to_disk(part);
  if (!parts.empty()) return;
  const Fd fd = open_file(made, O_RDONLY | O_DIRECTORY);
  if (::syncfs(fd.get()) != 0)
    fail_errno(errno, fmt::format("cannot flush '{}' to disk", printable(made.native())));
}

}  // namespace mlpipe
