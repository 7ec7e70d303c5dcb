#include "base/error.h"

#include <cerrno>
#include <system_error>

namespace mlpipe {

void fail_errno(int error_number, const std::string& what) {
  const std::string reason = std::generic_category().message(error_number);
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
      fail(ErrorKind::system, "{}: {} (free some space there, then run again)", what, reason);
    case EACCES:
    case EPERM:
    case EROFS:
      fail(ErrorKind::system, "{}: {} (check who owns it and its permissions)", what, reason);
    default:
      fail(ErrorKind::system, "{}: {}", what, reason);
  }
}

int exit_code(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::usage:
    case ErrorKind::invalid_file:
    case ErrorKind::not_found:
      return 2;
    case ErrorKind::system:
    case ErrorKind::internal:
      return 3;
  }
  return 3;
}

}  // namespace mlpipe
