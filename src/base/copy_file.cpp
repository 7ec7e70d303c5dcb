#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/holes.h"
#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// Copies from one open file to another, from where they stand; the kernel copies where it can.
class Copying {
 public:
  Copying(int in, int out, const fs::path& from, const fs::path& to)
      : in_(in), out_(out), from_(from), to_(to) {}

  /// Holes stay holes.
  void all() {
    struct stat look {};
    if (::fstat(in_, &look) != 0) refuse();
    if (!has_holes(look)) {
      up_to(std::numeric_limits<std::uint64_t>::max());
      return;
    }
    const auto size = static_cast<std::uint64_t>(look.st_size);
    for (std::uint64_t at = 0; at < size;) {
      at = next_data(in_, at, size);
      const std::uint64_t end = at < size ? next_hole(in_, at, size) : size;
      if (::lseek(in_, static_cast<off_t>(at), SEEK_SET) < 0 ||
          ::lseek(out_, static_cast<off_t>(at), SEEK_SET) < 0)
        refuse();
      up_to(end - at);
      at = end;
    }
    if (::ftruncate(out_, look.st_size) != 0) refuse();
  }

 private:
  /// So many bytes, or less if the file ends.
  void up_to(std::uint64_t bytes) {
    constexpr std::uint64_t chunk = std::uint64_t{1} << 30U;
    while (bytes > 0) {
      const auto most = static_cast<std::size_t>(std::min(chunk, bytes));
      const ssize_t got =
          kernel_copies_ ? ::copy_file_range(in_, nullptr, out_, nullptr, most, 0) : by_hand(most);
      if (got == 0) return;
      if (got > 0) {
        bytes -= static_cast<std::uint64_t>(got);
      } else if (kernel_copies_ &&
                 (errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP)) {
        kernel_copies_ = false;
      } else if (errno != EINTR) {
        refuse();
      }
    }
  }

  ssize_t by_hand(std::size_t most) {
    buffer_.resize(std::size_t{1} << 18U);
    const ssize_t got = ::read(in_, buffer_.data(), std::min(most, buffer_.size()));
    if (got > 0) write_all(out_, {buffer_.data(), static_cast<std::size_t>(got)}, to_);
    return got;
  }

  [[noreturn]] void refuse() const {
    fail_errno(errno, fmt::format("cannot copy '{}' to '{}'", printable(from_.native()),
                                  printable(to_.native())));
  }

  int in_;
  int out_;
  const fs::path& from_;
  const fs::path& to_;
  bool kernel_copies_ = true;
  std::vector<char> buffer_;
};

}  // namespace

void copy_file(const fs::path& from, const fs::path& to, bool executable) {
  const Fd in = open_file(from, O_RDONLY);
  const Fd out = open_file(to, O_WRONLY | O_CREAT | O_EXCL, executable ? 0777 : 0666);
  if (::ioctl(out.get(), FICLONE, in.get()) == 0) return;  // NOLINT(*-vararg)
  Copying(in.get(), out.get(), from, to).all();
}

}  // namespace mlpipe
