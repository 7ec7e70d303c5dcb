#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace mlpipe {

/// What kind of thing went wrong. Decides the exit code.
enum class ErrorKind {
  usage,         ///< The command line asks for something that makes no sense.
  invalid_file,  ///< A file the user wrote (pipeline, workspace, parameters) is wrong.
  not_found,     ///< What the user named does not exist.
  system,        ///< The machine said no: disk full, no permission, database or store damaged.
  internal,      ///< A bug of ours.
};

/// Thrown when the current operation cannot continue.
///
/// A step that exits non-zero is a result, not an Error.
class Error : public std::runtime_error {
 public:
  /// An internal error's message begins as a report of a bug.
  Error(ErrorKind kind, const std::string& message, int error_number = 0);

  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
  /// The errno value of what failed; 0 if it was no call of the system.
  [[nodiscard]] int error_number() const noexcept { return error_number_; }
  /// Whether it says nothing of the file that was asked for, since it comes of the machine: a fault
  /// of the disk, no memory. Permission is the file's own: somebody changed it.
  [[nodiscard]] bool is_machine_fault() const noexcept;

 private:
  ErrorKind kind_;
  int error_number_;
};

/// Throw an Error with a formatted message. It says what was tried, on what, and what to do.
template <class... Args>
[[noreturn]] void fail(ErrorKind kind, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(kind, fmt::format(format, std::forward<Args>(args)...));
}

/// Throw Error(system) with `what` and the text of `error_number` (an errno value).
[[noreturn]] void fail_errno(int error_number, const std::string& what);

/// What to say of something that cannot be, such as an exception nobody expected.
[[nodiscard]] std::string bug_text(std::string_view what);

/// The process exit code for an error that reached main() (semantics.md 7).
[[nodiscard]] int exit_code(ErrorKind kind) noexcept;

}  // namespace mlpipe
