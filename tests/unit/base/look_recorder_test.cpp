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
  CHECK(still_holds(looks[0]));
  CHECK(still_holds(looks[1]));

  write_file_atomically(absent, "");
  CHECK_FALSE(still_holds(looks[0]));
  CHECK(still_holds(looks[1]));
}

TEST_CASE("a file is looked at with its content, a folder with its names only if they were asked") {
  const TemporaryFolder folder;
  const auto inside = folder.path() / "inside";
  make_folders(inside);
  const LookRecorder recorder;
  (void)stat_file(inside);
  write_file_atomically(inside / "new", "");
  CHECK(still_holds(recorder.looks().value().front()));
  (void)list_names(inside);
  CHECK(still_holds(recorder.looks().value().front()));
  write_file_atomically(inside / "newer", "");
  CHECK_FALSE(still_holds(recorder.looks().value().front()));
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
  CHECK_FALSE(still_holds(looks[0]));
  CHECK_FALSE(still_holds(looks[1]));
}
