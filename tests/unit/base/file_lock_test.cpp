#include "base/file_lock.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "support/catch.h"

namespace mlpipe {

TEST_CASE("a locked byte excludes another holder, byte by byte") {
  const TemporaryFolder folder;
  LockFile one(folder.path() / "locks");
  LockFile two(folder.path() / "locks");
  CHECK(one.try_lock(7));
  CHECK(one.try_lock(7));  // its own lock does not exclude it
  CHECK_FALSE(two.try_lock(7));
  CHECK(two.try_lock(8));
  CHECK(two.held_elsewhere(7));
  CHECK_FALSE(two.held_elsewhere(9));
  one.unlock(7);
  CHECK_FALSE(two.held_elsewhere(7));
  CHECK(two.try_lock(7));
}

TEST_CASE("a lock goes with the object that holds it") {
  const TemporaryFolder folder;
  LockFile two(folder.path() / "locks");
  {
    LockFile one(folder.path() / "locks");
    REQUIRE(one.try_lock(1));
    REQUIRE_FALSE(two.try_lock(1));
  }
  CHECK(two.try_lock(1));
}

TEST_CASE("a lock goes with the process that holds it, also when that is killed") {
  const TemporaryFolder folder;
  int ready[2];
  REQUIRE(::pipe2(ready, O_CLOEXEC) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      LockFile lock(folder.path() / "locks");
      const char said = lock.try_lock(3) ? 'y' : 'n';
      if (::write(ready[1], &said, 1) == 1) ::pause();
    } catch (...) {
    }
    ::_exit(1);
  }
  REQUIRE(child > 0);
  char said = 0;
  REQUIRE(::read(ready[0], &said, 1) == 1);
  REQUIRE(said == 'y');
  LockFile lock(folder.path() / "locks");
  CHECK_FALSE(lock.try_lock(3));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK(lock.try_lock(3));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("the lowest lock of others is found among many") {
  TemporaryFolder folder;
  LockFile mine(folder.path() / "locks");
  LockFile others(folder.path() / "locks");
  CHECK_FALSE(mine.lowest_held_elsewhere());
  for (const std::uint64_t offset : {7U, 3U, 900U, 5U}) REQUIRE(others.try_lock(offset));
  REQUIRE(mine.try_lock(1));
  CHECK(mine.lowest_held_elsewhere() == 3U);
  CHECK(others.lowest_held_elsewhere() == 1U);
  others.unlock(3);
  CHECK(mine.lowest_held_elsewhere() == 5U);
  REQUIRE(others.try_lock(0));
  CHECK(mine.lowest_held_elsewhere() == 0U);
}

}  // namespace mlpipe
