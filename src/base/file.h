#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file_stat.h"

namespace mlpipe {

/// Owns one file descriptor and closes it.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() { reset(); }
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }
  void reset();

 private:
  int fd_ = -1;
};

/// lstat; nothing if there is no such file. Throws Error(system) for any other failure.
[[nodiscard]] std::optional<FileStat> stat_link(const std::filesystem::path& path);
/// stat, following links; nothing if there is no such file or the link dangles.
[[nodiscard]] std::optional<FileStat> stat_file(const std::filesystem::path& path);
/// Whether it says that nothing is at a path.
[[nodiscard]] bool is_absence(int error);
/// From what fstat or lstat filled in.
[[nodiscard]] FileStat to_file_stat(const struct stat& raw);

/// open(2) with O_CLOEXEC. Throws Error(system) that names the path.
[[nodiscard]] Fd open_file(const std::filesystem::path& path, int flags, unsigned mode = 0666);

/// The whole content. Throws Error(system) that names the path.
[[nodiscard]] std::string read_file(const std::filesystem::path& path);

/// The last `bytes` bytes at most; "" if the file is not there.
[[nodiscard]] std::string read_tail(const std::filesystem::path& path, std::uint64_t bytes);

/// Write all of `content` to `fd`. Throws Error(system) that names `path`.
void write_all(int fd, std::string_view content, const std::filesystem::path& path);

/// Write a file that must not exist, where nobody looks for it yet.
void write_new_file(const std::filesystem::path& path, std::string_view content);

/// Replace the file at once: write beside it, rename. A reader sees the old or the new content.
/// `durable` also flushes it to disk.
void write_file_atomically(const std::filesystem::path& path, std::string_view content,
                           bool durable = false);

/// mkdir -p. Throws Error(system) that names the path.
void make_folders(const std::filesystem::path& path);

/// Remove a tree, also one whose folders are read-only. Does nothing if it is not there.
void remove_tree(const std::filesystem::path& path);

/// Copy one file's bytes and x bit to a path that must not exist: by reflink where the filesystem
/// can, else by copy, in which holes stay holes; never by hard link.
void copy_file(const std::filesystem::path& from, const std::filesystem::path& to, bool executable);

/// rename(2). Throws Error(system) that names both paths.
void rename_path(const std::filesystem::path& from, const std::filesystem::path& to);

/// fsync a file or folder.
void flush_to_disk(const std::filesystem::path& path);

/// The names in a folder, sorted by bytes, without "." and "..".
[[nodiscard]] std::vector<std::string> list_names(const std::filesystem::path& folder);

/// A fresh private folder, removed with everything in it at the end.
class TemporaryFolder {
 public:
  /// Below `parent` (default: the system's temporary folder).
  explicit TemporaryFolder(const std::filesystem::path& parent = {});
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace mlpipe
