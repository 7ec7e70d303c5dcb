#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace mlpipe {

/// What a step's processes did with one path, the strongest first in rank last.
struct FileAccess {
  enum class How : std::uint8_t {
    looked_at,  ///< stat, access, readlink.
    listed,     ///< Opened as a folder.
    read,
    executed,
  };

  How how = How::looked_at;
  bool found = false;          ///< At least once; else every try failed.
  std::filesystem::path real;  ///< What it led to, by links, where strace says so.
};

/// By the path that was asked for, absolute and normal.
using FileAccesses = std::map<std::filesystem::path, FileAccess>;

/// Reads what `strace -f -y -o FILE` wrote, line by line. What the step made itself (files it
/// created, renamed, linked; folders and all that is in them) is left out from then on.
///
/// A relative path is one of the folder that strace names, else of the process's working directory,
/// which is followed through chdir, fchdir, fork and clone. Lines that are none are passed over: a
/// trace that was cut is read as far as it goes.
class TraceReader {
 public:
  explicit TraceReader(std::filesystem::path work_directory);

  void add(std::string_view line);
  [[nodiscard]] const FileAccesses& accesses() const { return accesses_; }

 private:
  using Process = std::int64_t;
  struct Call;

  void add_call(Process process, std::string_view text);
  void change_folder(Process process, const Call& call);
  void open(const std::filesystem::path& path, const Call& call);
  void note(const std::filesystem::path& path, FileAccess access);
  void made(const std::filesystem::path& path);
  [[nodiscard]] bool is_own(const std::filesystem::path& path) const;
  /// Where `folder` (an argument such as AT_FDCWD</a/b> or 3</a/b>; "" for none) and `path` lead.
  [[nodiscard]] std::filesystem::path place(Process process, std::string_view folder,
                                            std::string_view path);
  [[nodiscard]] std::filesystem::path& folder_of(Process process);

  std::filesystem::path start_;
  Process forking_ = 0;  ///< The process that last began to make another one.
  std::unordered_map<Process, std::filesystem::path> folders_;  ///< Working directories.
  std::unordered_map<Process, std::string> unfinished_;
  std::unordered_set<std::string> made_;
  FileAccesses accesses_;
};

/// What strace is to be told to write: `-e trace=` …
[[nodiscard]] std::string traced_calls();

/// A text of strace's without its quotes and escapes: "a\"\303\251\x01" in bytes.
[[nodiscard]] std::string unescaped(std::string_view text);

}  // namespace mlpipe
