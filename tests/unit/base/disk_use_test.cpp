#include "base/disk_use.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "base/file.h"
#include "support/catch.h"

namespace mlpipe {

namespace fs = std::filesystem;

TEST_CASE("what is not there, or a link elsewhere, takes next to nothing") {
  TemporaryFolder folder;
  CHECK(disk_use(folder.path() / "nothing") == 0);
  fs::create_symlink("/usr", folder.path() / "link");
  CHECK(disk_use(folder.path() / "link") <= 4096);
  CHECK(disk_use(folder.path()) < 100'000);
}

TEST_CASE("a file counts with its blocks: once under two names, and without its holes") {
  TemporaryFolder folder;
  write_file_atomically(folder.path() / "a", std::string(1'000'000, 'x'));
  const auto one = disk_use(folder.path());
  CHECK(one >= 1'000'000);
  fs::create_hard_link(folder.path() / "a", folder.path() / "b");
  CHECK(disk_use(folder.path()) == one);
  const Fd sparse = open_file(folder.path() / "c", O_WRONLY | O_CREAT);
  REQUIRE(::ftruncate(sparse.get(), 1'000'000'000) == 0);
  CHECK(disk_use(folder.path()) < one + 100'000);
}

TEST_CASE("folders that lie deeper than a path can be long are counted and removed") {
  TemporaryFolder folder;
  const fs::path top = folder.path() / "top";
  make_folders(top);
  const std::string name(100, 'd');
  constexpr int levels = 1500;  // more than a process may have files open, and 150 kB of path
  Fd at = open_file(top, O_RDONLY | O_DIRECTORY);
  for (int i = 0; i < levels; ++i) {
    REQUIRE(::mkdirat(at.get(), name.c_str(), 0700) == 0);
    at = Fd(::openat(at.get(), name.c_str(), O_RDONLY | O_DIRECTORY));
    REQUIRE(at);
  }
  const Fd file(::openat(at.get(), "f", O_WRONLY | O_CREAT, 0600));
  REQUIRE(::write(file.get(), name.data(), name.size()) == 100);
  REQUIRE(::fchmod(at.get(), 0500) == 0);
  CHECK(disk_use(top) > 0);
  remove_tree(top);
  CHECK_FALSE(stat_link(top));
}

}  // namespace mlpipe
