#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <limits>
#include <optional>
#include <string>

#include "base/error.h"
#include "support/catch.h"

namespace mlpipe {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using Names = std::vector<std::string>;

/// A folder of a user to whom permissions mean something, also when the tests run as root.
class AsSomebody {
 public:
  AsSomebody() {
    if (::geteuid() == 0) REQUIRE(::seteuid(nobody) == 0);
    folder_.emplace("/tmp");
  }
  ~AsSomebody() {
    folder_.reset();
    if (::getuid() == 0) (void)!::seteuid(0);
  }
  AsSomebody(const AsSomebody&) = delete;
  AsSomebody& operator=(const AsSomebody&) = delete;

  [[nodiscard]] const fs::path& path() const { return folder_->path(); }

 private:
  static constexpr uid_t nobody = 65534;
  std::optional<TemporaryFolder> folder_;
};

mode_t mode_bits(const fs::path& path) {
  struct stat raw {};
  REQUIRE(::stat(path.c_str(), &raw) == 0);
  return raw.st_mode & 0777U;
}

}  // namespace

TEST_CASE("writing a file at once replaces it and leaves nothing beside it") {
  TemporaryFolder folder;
  const auto file = folder.path() / "file";
  write_file_atomically(file, "old");
  const auto before = stat_file(file);
  write_file_atomically(file, std::string("new\0x", 5), true);
  CHECK(read_file(file) == std::string("new\0x", 5));
  CHECK(stat_file(file)->ino != before->ino);  // another file: no reader sees a part
  CHECK(list_names(folder.path()) == Names{"file"});
}

TEST_CASE("a failed write leaves the old file and nothing beside it") {
  TemporaryFolder folder;
  make_folders(folder.path() / "taken" / "x");
  CHECK_THROWS_WITH(write_file_atomically(folder.path() / "taken", "text"), Contains("taken"));
  CHECK(list_names(folder.path()) == Names{"taken"});
  CHECK_THROWS_WITH(write_file_atomically(folder.path() / "no" / "file", "text"),
                    Contains("no/file"));
}

TEST_CASE("a tree is removed although its folders are read-only") {
  const AsSomebody somebody;
  const auto tree = somebody.path() / "tree";
  make_folders(tree / "a" / "b");
  write_file_atomically(tree / "a" / "b" / "file", "x");
  write_file_atomically(tree / "a" / "file", "x");
  make_folders(tree / "closed" / "empty");
  fs::create_symlink("/etc/passwd", tree / "a" / "link");
  fs::create_symlink("nowhere", tree / "a" / "b" / "dangling");
  for (const auto* folder : {"a/b", "a", "."}) ::chmod((tree / folder).c_str(), 0555);
  ::chmod((tree / "closed").c_str(), 0);
  remove_tree(tree);
  CHECK_FALSE(stat_link(tree));
}

TEST_CASE("removing a link leaves what it points to, and removing nothing is fine") {
  TemporaryFolder folder;
  make_folders(folder.path() / "kept" / "inside");
  fs::create_directory_symlink("kept", folder.path() / "link");
  remove_tree(folder.path() / "link");
  CHECK(list_names(folder.path()) == Names{"kept"});
  CHECK(list_names(folder.path() / "kept") == Names{"inside"});
  CHECK_NOTHROW(remove_tree(folder.path() / "link"));
  CHECK_NOTHROW(remove_tree(folder.path() / "kept" / "inside" / "x" / "y"));
}

TEST_CASE("what cannot be removed is named") {
  const AsSomebody somebody;
  if (::geteuid() == 0) return;
  CHECK_THROWS_WITH(remove_tree("/etc/passwd"), Contains("/etc/passwd"));
}

TEST_CASE("a copy is a file of its own, writable, with the x bit asked for") {
  TemporaryFolder folder;
  const auto from = folder.path() / "from";
  const std::string bytes(300'000, 'b');
  write_file_atomically(from, bytes);
  ::chmod(from.c_str(), 0444);
  const bool executable = GENERATE(false, true);
  const auto to = folder.path() / "to";
  copy_file(from, to, executable);
  CHECK(read_file(to) == bytes);
  CHECK(stat_file(to)->ino != stat_file(from)->ino);
  CHECK(stat_file(from)->links == 1);
  CHECK(stat_file(to)->executable == executable);
  CHECK((mode_bits(to) & S_IWUSR) != 0);
}

TEST_CASE("a copy never goes over something that is there") {
  TemporaryFolder folder;
  write_file_atomically(folder.path() / "a", "new");
  write_file_atomically(folder.path() / "b", "old");
  CHECK_THROWS_WITH(copy_file(folder.path() / "a", folder.path() / "b", false),
                    Contains((folder.path() / "b").string()));
  CHECK(read_file(folder.path() / "b") == "old");
}

TEST_CASE("the tail of a file is its last bytes, and nothing where there is none") {
  TemporaryFolder folder;
  const auto file = folder.path() / "log";
  write_file_atomically(file, "0123456789");
  CHECK(read_tail(file, 3) == "789");
  CHECK(read_tail(file, 10) == "0123456789");
  CHECK(read_tail(file, 11) == "0123456789");
  CHECK(read_tail(file, 0).empty());
  CHECK(read_tail(folder.path() / "none", 5).empty());
  CHECK(read_tail(folder.path(), 5).empty());
}

TEST_CASE("names come sorted by bytes, hidden ones included") {
  TemporaryFolder folder;
  for (const auto* name : {"b", "a", "B", ".x", "\xff", "é"})
    write_file_atomically(folder.path() / name, "");
  CHECK(list_names(folder.path()) == Names{".x", "B", "a", "b", "é", "\xff"});
  CHECK_THROWS_WITH(list_names(folder.path() / "none"), Contains("none"));
}

TEST_CASE("a look says what is there, following links or not") {
  TemporaryFolder folder;
  const auto file = folder.path() / "file";
  write_file_atomically(file, "12345");
  ::chmod(file.c_str(), 0755);
  fs::create_symlink("file", folder.path() / "link");
  fs::create_symlink("none", folder.path() / "dangling");
  CHECK(stat_link(folder.path() / "link")->kind == FileKind::link);
  CHECK(stat_file(folder.path() / "link")->kind == FileKind::file);
  CHECK(stat_file(folder.path() / "link")->same_content_as(*stat_file(file)));
  CHECK(stat_file(file)->size == 5);
  CHECK(stat_file(file)->executable);
  CHECK(stat_file(folder.path())->kind == FileKind::folder);
  CHECK(stat_file("/dev/null")->kind == FileKind::other);
  CHECK_FALSE(stat_file(folder.path() / "dangling"));
  CHECK(stat_link(folder.path() / "dangling"));
  CHECK_FALSE(stat_link(folder.path() / "none"));
  CHECK_FALSE(stat_link(file / "below a file"));
}

TEST_CASE("errors name the path and what was tried") {
  TemporaryFolder folder;
  const auto none = folder.path() / "none";
  write_file_atomically(folder.path() / "file", "");
  CHECK_THROWS_WITH(read_file(none), Contains("cannot read") && Contains(none.string()));
  CHECK_THROWS_WITH(open_file(none / "x", O_WRONLY | O_CREAT),
                    Contains("cannot write") && Contains(none.string()));
  CHECK_THROWS_WITH(rename_path(none, folder.path() / "y"),
                    Contains(none.string()) && Contains("/y'"));
  CHECK_THROWS_WITH(make_folders(folder.path() / "file" / "x"), Contains("file/x"));
  CHECK_THROWS_WITH(TemporaryFolder(none), Contains(none.string()));
}

TEST_CASE("a descriptor is closed with its owner, and passed on by a move") {
  TemporaryFolder folder;
  int number = -1;
  {
    Fd first = open_file(folder.path() / "file", O_WRONLY | O_CREAT);
    number = first.get();
    CHECK((::fcntl(number, F_GETFD) & FD_CLOEXEC) != 0);
    const Fd second = std::move(first);
    CHECK_FALSE(first);  // NOLINT(bugprone-use-after-move): what it is after a move
    CHECK(second.get() == number);
  }
  CHECK(::fcntl(number, F_GETFD) == -1);
  CHECK_FALSE(Fd());
}

TEST_CASE("a temporary folder is private and goes away with what is in it") {
  fs::path path;
  {
    const TemporaryFolder folder;
    path = folder.path();
    make_folders(path / "a" / "b");
    CHECK(mode_bits(path) == 0700);
  }
  CHECK_FALSE(stat_link(path));
}

TEST_CASE("a file time that 64 bits of nanoseconds do not hold is the nearest they do") {
  struct stat raw {};
  raw.st_mtim.tv_sec = 100'000'000'000;  // the year 5138, as tmpfs and XFS take it
  raw.st_ctim.tv_sec = -100'000'000'000;
  const FileStat look = to_file_stat(raw);
  CHECK(look.mtime_ns == std::numeric_limits<std::int64_t>::max());
  CHECK(look.ctime_ns == std::numeric_limits<std::int64_t>::min());
}

}  // namespace mlpipe
