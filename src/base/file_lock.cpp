#include "base/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>

#include "base/error.h"

namespace mlpipe {

namespace {

struct flock one_byte(short type, std::uint64_t offset) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(offset & 0x3fff'ffff'ffff'ffffULL);
  lock.l_len = 1;
  return lock;
}

}  // namespace

LockFile::LockFile(const std::filesystem::path& file)
    : file_(file), fd_(open_file(file, O_RDWR | O_CREAT, 0600)) {}

LockFile::LockFile(const std::filesystem::path& file, OnlyLook)
    : file_(file), fd_(stat_file(file) ? open_file(file, O_RDONLY) : Fd()) {}

bool LockFile::try_lock(std::uint64_t offset) {
  auto lock = one_byte(F_WRLCK, offset);
  while (::fcntl(fd_.get(), F_OFD_SETLK, &lock) != 0) {  // NOLINT(*-vararg)
    if (errno == EAGAIN || errno == EACCES) return false;
    if (errno != EINTR) fail_errno(errno, fmt::format("cannot lock '{}'", file_.string()));
  }
  return true;
}

void LockFile::unlock(std::uint64_t offset) {
  auto lock = one_byte(F_UNLCK, offset);
  ::fcntl(fd_.get(), F_OFD_SETLK, &lock);  // NOLINT(*-vararg)
}

std::optional<std::uint64_t> LockFile::lowest_held_elsewhere() const {
  if (!fd_) return std::nullopt;
  std::optional<std::uint64_t> lowest;
  for (;;) {
    if (lowest == 0U) return lowest;
    auto lock = one_byte(F_WRLCK, 0);
    lock.l_len = static_cast<off_t>(lowest.value_or(0));  // 0: to the end
    if (::fcntl(fd_.get(), F_OFD_GETLK, &lock) != 0)      // NOLINT(*-vararg)
      fail_errno(errno, fmt::format("cannot read the locks of '{}'", file_.string()));
    if (lock.l_type == F_UNLCK) return lowest;
    lowest = static_cast<std::uint64_t>(lock.l_start);  // the kernel tells any of them
  }
}

bool LockFile::held_elsewhere(std::uint64_t offset) const {
  if (!fd_) return false;
  auto lock = one_byte(F_WRLCK, offset);
  if (::fcntl(fd_.get(), F_OFD_GETLK, &lock) != 0)  // NOLINT(*-vararg)
    fail_errno(errno, fmt::format("cannot read the locks of '{}'", file_.string()));
  return lock.l_type != F_UNLCK;
}

}  // namespace mlpipe
