#include "engine/remembered_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "base/file.h"
#include "support/catch.h"

namespace mlpipe {

namespace {

Hash key_of(int number) { return hash_bytes(std::to_string(number)); }

}  // namespace

TEST_CASE("of what is remembered the newest twenty stay") {
  const TemporaryFolder folder;
  const RememberedFiles files(folder.path() / "cache", "a format 1");
  for (int i = 0; i < 25; ++i) files.write(key_of(i), std::to_string(i));
  CHECK(list_names(folder.path() / "cache").size() == 20);
}

TEST_CASE("of what is remembered older ones go once all take too much room, never the newest") {
  const TemporaryFolder folder;
  const auto cache = folder.path() / "cache";
  const RememberedFiles files(cache, "a format 1");
  files.write(key_of(1), "first");
  files.write(key_of(2), "second");
  REQUIRE(::truncate((cache / key_of(1).hex()).c_str(), 500'000'000) == 0);  // sparse
  struct timespec past[2] = {{1, 0}, {1, 0}};                                // NOLINT(*-c-arrays)
  REQUIRE(::utimensat(AT_FDCWD, (cache / key_of(1).hex()).c_str(), past, 0) == 0);
  files.write(key_of(3), "third");
  CHECK_FALSE(stat_file(cache / key_of(1).hex()));
  CHECK(files.read(key_of(2)) == "second");
  CHECK(files.read(key_of(3)) == "third");
}

}  // namespace mlpipe
