#include "base/error.h"

#include <cerrno>
#include <system_error>

namespace mlpipe {

namespace {

/// What a person can do about it; "" where the system's own words say it all.
std::string_view advice_for(int error_number) {
  switch (error_number) {
    case ENOSPC:
      return " (free some space there, then run again)";
    case EDQUOT:
      return " (free some of your quota there, then run again)";
    case EACCES:
    case EPERM:
      return " (check who owns it and its permissions)";
    case EROFS:
      return " (mount it for writing, or use another place)";
    case EMFILE:
      return " (raise the limit with `ulimit -n`, then run again)";
    case ENFILE:
    case EAGAIN:
    case ENOMEM:
      return " (the machine, or a limit of this account, is exhausted: see `ulimit -a`, or run "
             "fewer steps at a time with -j)";
    case EIO:
      return " (the disk or the network filesystem reports a fault: see the system's log)";
    case ENAMETOOLONG:
      return " (use a shorter name or path)";
    case ESTALE:
      return " (the network filesystem lost it: mount it again)";
    default:
      return "";
  }
}

}  // namespace

Error::Error(ErrorKind kind, const std::string& message, int error_number)
    : std::runtime_error(kind == ErrorKind::internal ? bug_text(message) : message),
      kind_(kind),
      error_number_(error_number) {}

bool Error::is_machine_fault() const noexcept {
  switch (error_number_) {
    case 0:
    case ENOENT:  // what is there is of another kind than was expected, or is gone
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
    case ENXIO:
    case EINVAL:
    case ENAMETOOLONG:
    case EACCES:  // somebody changed it
    case EPERM:
      return false;
    default:
      return true;
  }
}

std::string bug_text(std::string_view what) {
  return fmt::format("a bug in mlpipe: {} (please report it with the command that was run)", what);
}

void fail_errno(int error_number, const std::string& what) {
  throw Error(ErrorKind::system,
              fmt::format("{}: {}{}", what, std::generic_category().message(error_number),
                          advice_for(error_number)),
              error_number);
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
