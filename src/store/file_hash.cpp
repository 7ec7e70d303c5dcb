#include "store/file_hash.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/error.h"
#include "base/text.h"

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

/// Hash what is left of `in`, writing it to `out` if that is not negative. The bytes' number.
std::uint64_t hash_rest(int in, std::uint64_t expected, Hasher& hasher, const fs::path& path,
                        int out = -1, const fs::path& out_path = {}) {
  // As much as fits a core's cache. Not mapped: a file that shrinks meanwhile would be a SIGBUS.
  constexpr std::uint64_t most = std::uint64_t{1} << 18U;
  const auto room = static_cast<std::size_t>(std::clamp<std::uint64_t>(expected + 1, 4096, most));
  const auto buffer = std::make_unique_for_overwrite<char[]>(room);  // NOLINT(*-c-arrays)
  if (expected > most) ::posix_fadvise(in, 0, 0, POSIX_FADV_SEQUENTIAL);
  std::uint64_t total = 0;
  for (;;) {
    const auto got = ::read(in, buffer.get(), room);
    if (got < 0) {
      if (errno == EINTR) continue;
      fail_errno(errno, fmt::format("cannot read '{}'", shown(path)));
    }
    if (got == 0) return total;
    const std::string_view piece(buffer.get(), static_cast<std::size_t>(got));
    hasher.add(piece);
    if (out >= 0) write_all(out, piece, out_path);
    total += piece.size();
  }
}

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
  if (cloned)
    result.bytes = hash_rest(out.get(), result.look.size, hasher, to);
  else
    result.bytes = hash_rest(in.get(), result.look.size, hasher, from, out.get(), to);
  result.hash = hasher.finish();
  // By name too: another file may have taken this one's place.
  const auto after = stat_file(from);
  return after && result.look.same_content_as(stat_open(in.get(), from)) &&
         result.look.same_content_as(*after);
}

HashedFile read_still(const fs::path& from, const fs::path& to, bool make_readable) {
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
