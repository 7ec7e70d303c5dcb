#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <limits>

#include "base/error.h"
#include "base/look_recorder.h"
#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

void Fd::reset() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

namespace {

/// The nearest time that 64 bits hold. A time after 2262 then lies in the future for everybody who
/// asks whether a file has been at rest.
std::int64_t to_ns(const struct timespec& time) {
  constexpr std::int64_t second = 1'000'000'000;
  using Limits = std::numeric_limits<std::int64_t>;
  if (time.tv_sec >= Limits::max() / second) return Limits::max();
  if (time.tv_sec <= Limits::min() / second) return Limits::min();
  return time.tv_sec * second + time.tv_nsec;
}

}  // namespace

FileStat to_file_stat(const struct stat& raw) {
  FileStat result;
  if (S_ISREG(raw.st_mode))
    result.kind = FileKind::file;
  else if (S_ISDIR(raw.st_mode))
    result.kind = FileKind::folder;
  else if (S_ISLNK(raw.st_mode))
    result.kind = FileKind::link;
  result.executable = (raw.st_mode & S_IXUSR) != 0;
  result.dev = raw.st_dev;
  result.ino = raw.st_ino;
  result.size = static_cast<std::uint64_t>(raw.st_size);
  result.mtime_ns = to_ns(raw.st_mtim);
  result.ctime_ns = to_ns(raw.st_ctim);
  result.links = raw.st_nlink;
  return result;
}

bool is_absence(int error) { return error == ENOENT || error == ENOTDIR; }

namespace {

/// What could not be opened may be there later.
void tell_failure(const fs::path& path, int error) {
  if (is_absence(error))
    LookRecorder::saw(path, true, std::nullopt, true);
  else
    LookRecorder::saw_more();
}

std::optional<FileStat> stat_at(const fs::path& path, int flags) {
  struct stat raw {};
  const int error = ::fstatat(AT_FDCWD, path.c_str(), &raw, flags) == 0 ? 0 : errno;
  if (error == 0 || is_absence(error)) {
    const auto look = error == 0 ? std::optional(to_file_stat(raw)) : std::nullopt;
    LookRecorder::saw(path, flags == 0, look, false);
    return look;
  }
  LookRecorder::saw_more();
  errno = error;
  fail_errno(errno, fmt::format("cannot access '{}'", printable(path.native())));
}

}  // namespace

std::optional<FileStat> stat_link(const fs::path& path) {
  return stat_at(path, AT_SYMLINK_NOFOLLOW);
}

std::optional<FileStat> stat_file(const fs::path& path) { return stat_at(path, 0); }

Fd open_file(const fs::path& path, int flags, unsigned mode) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);  // NOLINT(*-vararg)
  if (fd < 0) {
    const int error = errno;
    const bool writes = (flags & (O_WRONLY | O_RDWR)) != 0;
    if (!writes) tell_failure(path, error);
    fail_errno(error,
               fmt::format("cannot {} '{}'", writes ? "write" : "read", printable(path.native())));
  }
  return Fd(fd);
}

std::string read_file(const fs::path& path) {
  const Fd fd = open_file(path, O_RDONLY);
  struct stat raw {};
  std::string content;
  if (::fstat(fd.get(), &raw) == 0) {
    LookRecorder::saw(path, true, to_file_stat(raw), true);
    if (raw.st_size > 0) content.reserve(static_cast<std::size_t>(raw.st_size) + 1);
  }
  std::array<char, 65536> buffer;  // NOLINT(*-member-init)
  for (;;) {
    const auto got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got == 0) return content;
    if (got < 0) {
      if (errno == EINTR) continue;
      fail_errno(errno, fmt::format("cannot read '{}'", printable(path.native())));
    }
    content.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

std::string read_tail(const fs::path& path, std::uint64_t bytes) {
  const auto look = stat_file(path);
  if (!look || look->kind != FileKind::file) return {};
  const Fd fd = open_file(path, O_RDONLY);
  const std::uint64_t start = look->size > bytes ? look->size - bytes : 0;
  std::string content(look->size - start, '\0');
  const auto got = ::pread(fd.get(), content.data(), content.size(), static_cast<off_t>(start));
  content.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return content;
}

void write_all(int fd, std::string_view content, const fs::path& path) {
  while (!content.empty()) {
    const auto written = ::write(fd, content.data(), content.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      fail_errno(errno, fmt::format("cannot write '{}'", printable(path.native())));
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
}

void write_new_file(const fs::path& path, std::string_view content) {
  const Fd fd = open_file(path, O_WRONLY | O_CREAT | O_EXCL);
  write_all(fd.get(), content, path);
}

void write_file_atomically(const fs::path& path, std::string_view content, bool durable) {
  static std::atomic<unsigned> counter{0};
  fs::path beside = path;
  beside += fmt::format(".{}-{}.tmp", ::getpid(), counter++);
  try {
    const Fd fd = open_file(beside, O_WRONLY | O_CREAT | O_EXCL);
    write_all(fd.get(), content, beside);
    if (durable && ::fsync(fd.get()) != 0)
      fail_errno(errno, fmt::format("cannot write '{}'", printable(beside.native())));
    rename_path(beside, path);
    if (durable) flush_to_disk(path.parent_path());
  } catch (...) {
    ::unlink(beside.c_str());
    throw;
  }
}

void make_folders(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error)
    fail_errno(error.value(), fmt::format("cannot make the folder '{}'", printable(path.native())));
}

void rename_path(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0)
    fail_errno(errno, fmt::format("cannot move '{}' to '{}'", printable(from.native()),
                                  printable(to.native())));
}

void flush_to_disk(const fs::path& path) {
  const Fd fd = open_file(path.empty() ? fs::path(".") : path, O_RDONLY);
  if (::fsync(fd.get()) != 0)
    fail_errno(errno, fmt::format("cannot flush '{}' to disk", printable(path.native())));
}

std::vector<std::string> list_names(const fs::path& folder) {
  DIR* open = ::opendir(folder.c_str());
  if (open == nullptr) {
    const int error = errno;
    tell_failure(folder, error);
    fail_errno(error, fmt::format("cannot list '{}'", printable(folder.native())));
  }
  struct stat raw {};
  if (::fstat(::dirfd(open), &raw) == 0) LookRecorder::saw(folder, true, to_file_stat(raw), true);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(open)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  const int error = errno;
  ::closedir(open);
  if (error != 0) fail_errno(error, fmt::format("cannot list '{}'", printable(folder.native())));
  std::sort(names.begin(), names.end());
  return names;
}

TemporaryFolder::TemporaryFolder(const fs::path& parent) {
  const fs::path base = parent.empty() ? fs::temp_directory_path() : parent;
  std::string pattern = (base / "mlpipe-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    fail_errno(errno, fmt::format("cannot make a folder in '{}'", printable(base.native())));
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  try {
    remove_tree(path_);
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): nothing to be done in a destructor
  }
}

}  // namespace mlpipe
