#include "store/file_hash.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <memory>

#include "base/error.h"
#include "base/holes.h"
#include "base/text.h"
#include "base/work_time.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// A file that is being written to settles within a few tries, or the user has to be told.
constexpr int most_tries = 5;
/// Below this a reflink costs more than it saves.
constexpr std::uint64_t worth_a_reflink = std::uint64_t{1} << 16U;

std::string shown(const fs::path& path) { return printable(path.native()); }

FileStat stat_open(int fd, const fs::path& path) {
  struct stat raw {};
  if (::fstat(fd, &raw) != 0) fail_errno(errno, fmt::format("cannot access '{}'", shown(path)));
  return to_file_stat(raw);
}

/// Not blocked by a FIFO that took the file's place.
Fd open_to_read(const fs::path& path, bool make_readable) {
  constexpr int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  Fd fd(::open(path.c_str(), flags));  // NOLINT(*-vararg)
  const int error = errno;
  struct stat raw {};
  if (!fd && error == EACCES && make_readable && ::stat(path.c_str(), &raw) == 0 &&
      ::chmod(path.c_str(), S_IRUSR | S_IWUSR | (raw.st_mode & S_IXUSR)) == 0)
    fd = Fd(::open(path.c_str(), flags));  // NOLINT(*-vararg)
  if (!fd) fail_errno(error, fmt::format("cannot read '{}'", shown(path)));
  return fd;
}

/// A program that has the file mapped can change a page that is dirty already without any time
/// moving. Once written out, a page is write-protected, and its next change moves the times: what
/// is hashed after this cannot change unseen. (In memory, on tmpfs, nothing is ever written out.)
void make_changes_seen(int fd) {
  (void)::sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE);
}

/// As much as fits a core's cache.
constexpr std::uint64_t most_at_once = std::uint64_t{1} << 18U;

/// Hashes an open file from its beginning, and writes it to another where there is one. Holes count
/// as the zeros that they are, and are neither read nor written.
class FileReading {
 public:
  FileReading(int in, const fs::path& path, Hasher& hasher)
      : in_(in), path_(path), hasher_(hasher) {}

  void copy_to(int out, const fs::path& path) {
    out_ = out;
    out_path_ = &path;
  }

  /// The bytes' number.
  std::uint64_t run() {
    struct stat look {};
    if (::fstat(in_, &look) != 0) refuse(path_);
    const auto size = static_cast<std::uint64_t>(look.st_size);
    // Not mapped: a file that shrinks meanwhile would be a SIGBUS.
    buffer_size_ =
        static_cast<std::size_t>(std::clamp<std::uint64_t>(size + 1, 4096, most_at_once));
    buffer_ = std::make_unique_for_overwrite<char[]>(buffer_size_);  // NOLINT(*-c-arrays)
    if (size > most_at_once) ::posix_fadvise(in_, 0, 0, POSIX_FADV_SEQUENTIAL);
    if (has_holes(look)) {
      while (total_ < size) {
        skip_to(next_data(in_, total_, size));
        if (total_ < size) read_to(next_hole(in_, total_, size));
        if (ended_) return total_;
      }
    }
    read_to(std::numeric_limits<std::uint64_t>::max());
    return total_;
  }

 private:
  /// A hole up to `end`.
  void skip_to(std::uint64_t end) {
    static constexpr std::array<char, most_at_once> zeros{};
    if (end == total_) return;
    for (std::uint64_t left = end - total_; left > 0;) {
      const auto piece = std::min<std::uint64_t>(left, zeros.size());
      hasher_.add({zeros.data(), static_cast<std::size_t>(piece)});
      left -= piece;
    }
    total_ = end;
    if (out_ >= 0 && (::ftruncate(out_, static_cast<off_t>(end)) != 0 ||
                      ::lseek(out_, static_cast<off_t>(end), SEEK_SET) < 0))
      refuse(*out_path_);
  }

  void read_to(std::uint64_t end) {
    while (total_ < end) {
      const auto wanted = std::min<std::uint64_t>(end - total_, buffer_size_);
      // Looking for data and holes moves the file's own position.
      const auto got =
          ::pread(in_, buffer_.get(), static_cast<std::size_t>(wanted), static_cast<off_t>(total_));
      if (got < 0) {
        if (errno == EINTR) continue;
        refuse(path_);
      }
      ended_ = got == 0;
      if (ended_) return;
      const std::string_view piece(buffer_.get(), static_cast<std::size_t>(got));
      hasher_.add(piece);
      if (out_ >= 0) write_all(out_, piece, *out_path_);
      total_ += piece.size();
    }
  }

  [[noreturn]] static void refuse(const fs::path& path) {
    fail_errno(errno, fmt::format("cannot read '{}'", shown(path)));
  }

  int in_;
  const fs::path& path_;
  Hasher& hasher_;
  int out_ = -1;
  const fs::path* out_path_ = nullptr;
  std::unique_ptr<char[]> buffer_;  // NOLINT(*-c-arrays)
  std::size_t buffer_size_ = 0;
  std::uint64_t total_ = 0;
  bool ended_ = false;
};

/// One pass over the file; `to` empty: no copy. Whether the file stood still.
bool read_once(const fs::path& from, const fs::path& to, bool make_readable, HashedFile& result) {
  const Fd in = open_to_read(from, make_readable);
  if (!make_readable) make_changes_seen(in.get());  // a user's file, not what a step made
  result.look = stat_open(in.get(), from);
  if (result.look.kind != FileKind::file)
    fail(ErrorKind::invalid_file,
         "'{}' was a file when it was first looked at, and is none now: wait until it is left "
         "alone, then run again",
         shown(from));
  Hasher hasher;
  Fd out;
  bool cloned = false;
  if (!to.empty()) {
    out = open_file(to, O_RDWR | O_CREAT | O_TRUNC, 0600);
    cloned = result.look.size >= worth_a_reflink &&
             ::ioctl(out.get(), FICLONE, in.get()) == 0;  // NOLINT(*-vararg)
  }
  FileReading reading(cloned ? out.get() : in.get(), cloned ? to : from, hasher);
  if (!cloned && !to.empty()) reading.copy_to(out.get(), to);
  result.bytes = reading.run();
  result.hash = hasher.finish();
  // By name too: another file may have taken this one's place.
  const auto after = stat_file(from);
  return after && result.look.same_content_as(stat_open(in.get(), from)) &&
         result.look.same_content_as(*after);
}

HashedFile read_still(const fs::path& from, const fs::path& to, bool make_readable) {
  const WorkTimer timer(Work::hashing);
  HashedFile result;
  for (int i = 0; i < most_tries; ++i)
    if (read_once(from, to, make_readable, result)) return result;
  fail(ErrorKind::system,
       "'{}' was written to each time it was read: wait until it is complete, then run again",
       shown(from));
}

}  // namespace

HashedFile hash_file(const fs::path& path, bool make_readable) {
  return read_still(path, {}, make_readable);
}

HashedFile copy_and_hash(const fs::path& from, const fs::path& to, bool make_readable) {
  return read_still(from, to, make_readable);
}

}  // namespace mlpipe
