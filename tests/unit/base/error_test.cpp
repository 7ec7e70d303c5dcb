#include "base/error.h"

#include <cerrno>
#include <filesystem>

#include "base/file.h"
#include "support/catch.h"

namespace mlpipe {

using Catch::Contains;

TEST_CASE("an internal error begins as a report of a bug, wherever it is printed") {
  CHECK_THROWS_WITH(fail(ErrorKind::internal, "step '{}' is gone", "a"),
                    "a bug in mlpipe: step 'a' is gone (please report it with the command that was "
                    "run)");
  CHECK_THROWS_WITH(fail(ErrorKind::usage, "no step '{}'", "a"), "no step 'a'");
}

TEST_CASE("an error of the system says what to do where a person can do something") {
  CHECK_THROWS_WITH(fail_errno(ENOSPC, "cannot write 'x'"),
                    "cannot write 'x': No space left on device (free some space there, then run "
                    "again)");
  CHECK_THROWS_WITH(fail_errno(ENOENT, "cannot read 'x'"),
                    "cannot read 'x': No such file or directory");
}

TEST_CASE("a file's name cannot act on the terminal through a message") {
  CHECK_THROWS_WITH(read_file("no/\x1b[31mred\nfile"),
                    Contains("cannot read 'no/\\x1b[31mred\\x0afile'"));
}

}  // namespace mlpipe
