#include "base/look_recorder.h"

#include <unistd.h>

#include "base/file.h"
#include "base/look_again.h"
#include "support/catch.h"

using namespace mlpipe;

namespace {

std::vector<std::string> paths_of(const LookRecorder& recorder) {
  std::vector<std::string> paths;
  const auto looks = recorder.looks().value();
  for (const auto& look : looks) paths.push_back(look.path);
  return paths;
}

void put_all(const std::filesystem::path& top) {
  for (const char* name : {"a/x", "a/y", "ab", "b/c/deep"}) {
    make_folders((top / name).parent_path());
    write_file_atomically(top / name, name);
  }
}

}  // namespace

TEST_CASE("a recorder has what is looked at while it lives, also what is not there") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "file";
  const auto absent = folder.path() / "absent";
  write_file_atomically(file, "text");
  const LookRecorder recorder;
  (void)stat_file(file);
  CHECK_FALSE(stat_file(absent));
  {
    const LookRecorder::Pause aside;
    (void)stat_file(folder.path());
  }
  CHECK(paths_of(recorder) == std::vector{absent.native(), file.native()});
  const auto looks = recorder.looks().value();
  CHECK(still_hold({&looks[0], 1}));
  CHECK(still_hold({&looks[1], 1}));

  write_file_atomically(absent, "");
  CHECK_FALSE(still_hold({&looks[0], 1}));
  CHECK(still_hold({&looks[1], 1}));
}

TEST_CASE("a file is looked at with its content, a folder with its names only if they were asked") {
  const TemporaryFolder folder;
  const auto inside = folder.path() / "inside";
  make_folders(inside);
  const LookRecorder recorder;
  (void)stat_file(inside);
  write_file_atomically(inside / "new", "");
  CHECK(still_hold({&recorder.looks().value().front(), 1}));
  (void)list_names(inside);
  CHECK(still_hold({&recorder.looks().value().front(), 1}));
  write_file_atomically(inside / "newer", "");
  CHECK_FALSE(still_hold({&recorder.looks().value().front(), 1}));
}

TEST_CASE("what changes while it is looked at leaves no looks to go by") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "file";
  write_file_atomically(file, "text");
  const LookRecorder recorder;
  CHECK(read_file(file) == "text");
  write_file_atomically(file, "other");
  (void)stat_file(file);
  CHECK_FALSE(recorder.looks());
}

TEST_CASE("a link counts as what it leads to, or as itself") {
  const TemporaryFolder folder;
  const auto one = folder.path() / "one";
  const auto two = folder.path() / "two";
  const auto link = folder.path() / "link";
  write_file_atomically(one, "1");
  write_file_atomically(two, "2");
  REQUIRE(::symlink("one", link.c_str()) == 0);
  const LookRecorder recorder;
  (void)stat_link(link);
  (void)stat_file(link);
  const auto looks = recorder.looks().value();
  REQUIRE(looks.size() == 2);
  REQUIRE(::unlink(link.c_str()) == 0);
  REQUIRE(::symlink("two", link.c_str()) == 0);
  CHECK_FALSE(still_hold({&looks[0], 1}));
  CHECK_FALSE(still_hold({&looks[1], 1}));
}

TEST_CASE("many looks are looked at again through the folder that they have in common") {
  const TemporaryFolder folder;
  const auto top = folder.path() / "top";
  put_all(top);
  const LookRecorder recorder;
  for (const char* name : {"a/x", "a/y", "ab", "b/c/deep", "b/none", "ab/none"})
    (void)stat_link(top / name);
  (void)stat_file(top);
  (void)stat_file(top / "b" / "");  // a name that ends with a slash
  (void)stat_file((top / "a").native() + "//x");
  const auto looks = recorder.looks().value();
  REQUIRE(looks.size() == 9);
  CHECK(still_hold(looks));
  CHECK(still_hold(std::span(looks).subspan(1)));
  SECTION("a file changes") { write_file_atomically(top / "b" / "c" / "deep", "2"); }
  SECTION("something comes") { write_file_atomically(top / "b" / "none", ""); }
  SECTION("something goes") { std::filesystem::remove(top / "ab"); }
  SECTION("another folder takes the place of what is above") {
    std::filesystem::rename(top, folder.path() / "away");
    put_all(top);
  }
  SECTION("all is gone") { std::filesystem::remove_all(top); }
  CHECK_FALSE(still_hold(looks));
}

TEST_CASE("looks that have no folder in common, or lie in none, are looked at too") {
  const TemporaryFolder folder;
  const LookRecorder recorder;
  (void)stat_file("/");
  (void)stat_file("/dev/null");
  (void)stat_file(folder.path());
  (void)stat_link("relative-and-not-there");
  const auto looks = recorder.looks().value();
  CHECK(looks.size() == 4);
  CHECK(still_hold(looks));
  CHECK(still_hold({}));
}
