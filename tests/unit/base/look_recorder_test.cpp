#include "base/look_recorder.h"

#include <unistd.h>

#include <algorithm>
#include <thread>

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

namespace {

constexpr LookOwner first_owner = 11;
constexpr LookOwner second_owner = 22;

/// Whose look at `path` it is, sorted.
std::vector<LookOwner> owners_of(const SeenLooks& seen, const std::filesystem::path& path) {
  for (std::size_t i = 0; i < seen.looks.size(); ++i)
    if (seen.looks[i].path == path.native()) {
      auto owners = seen.owners[i];
      std::sort(owners.begin(), owners.end());
      return owners;
    }
  return {};
}

Look look_at(const std::string& path, std::uint64_t size, bool exact = true,
             FileKind kind = FileKind::file) {
  FileStat stat;
  stat.kind = kind;
  stat.ino = 7;
  stat.size = size;
  return {.path = path, .exact = exact, .stat = stat};
}

}  // namespace

TEST_CASE("a look is for whom the innermost scope of its thread says") {
  const TemporaryFolder folder;
  const auto a = folder.path() / "a";
  const auto b = folder.path() / "b";
  const auto c = folder.path() / "c";
  for (const auto& file : {a, b, c}) write_file_atomically(file, "text");
  const LookRecorder recorder;
  (void)stat_file(a);
  {
    const LookRecorder::Scope outer(first_owner);
    (void)stat_file(b);
    {
      const LookRecorder::Scope inner(second_owner);
      (void)stat_file(b);
      (void)stat_file(c);
    }
    (void)stat_file(c);
    std::thread([&a] { (void)stat_link(a / "of another thread"); }).join();
  }
  (void)stat_file(a);
  const auto seen = recorder.seen().value();
  CHECK(owners_of(seen, a) == std::vector{for_everybody});
  CHECK(owners_of(seen, b) == std::vector{first_owner, second_owner});
  CHECK(owners_of(seen, c) == std::vector{first_owner, second_owner});
  CHECK(owners_of(seen, a / "of another thread") == std::vector{for_everybody});
  CHECK(seen.blind.empty());
}

TEST_CASE("what cannot be said by looks is so for those for whom it was looked") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "file";
  write_file_atomically(file, "text");
  const LookRecorder recorder;
  {
    const LookRecorder::Scope scope(first_owner);
    LookRecorder::saw_more();
  }
  {
    const LookRecorder::Scope scope(second_owner);
    (void)stat_file(file);
  }
  CHECK_FALSE(recorder.looks());
  REQUIRE(recorder.seen());
  CHECK(recorder.seen()->blind == std::set{first_owner});
  SECTION("a file that changes meanwhile") {
    write_file_atomically(file, "other text");
    const LookRecorder::Scope scope(first_owner + 1);
    (void)stat_file(file);
    CHECK(recorder.seen()->blind == std::set{first_owner, first_owner + 1, second_owner});
  }
  SECTION("for everybody") {
    LookRecorder::saw_more();
    CHECK_FALSE(recorder.seen());
  }
}

TEST_CASE("what two have seen is put together, and is for both") {
  SeenLooks a{
      .looks = {look_at("a", 1), look_at("b", 2), look_at("folder", 3, false, FileKind::folder)},
      .owners = {{1}, {1}, {1}},
      .blind = {}};
  SeenLooks b{
      .looks = {look_at("b", 2), look_at("c", 3), look_at("folder", 4, true, FileKind::folder)},
      .owners = {{2}, {2}, {2}},
      .blind = {9}};
  SECTION("they saw the same") {
    const auto both = seen_by_both(a, b).value();
    REQUIRE(both.looks.size() == 4);
    CHECK(owners_of(both, "a") == std::vector<LookOwner>{1});
    CHECK(owners_of(both, "b") == std::vector<LookOwner>{1, 2});
    CHECK(owners_of(both, "c") == std::vector<LookOwner>{2});
    CHECK(owners_of(both, "folder") == std::vector<LookOwner>{1, 2});
    CHECK(both.blind == std::set<LookOwner>{9});
    CHECK(both.looks[3].exact);
    CHECK(both.looks[3].stat->size == 4);
    CHECK(seen_by_both(b, a)->looks[3].stat->size == 4);
  }
  SECTION("they saw different things") {
    b.looks[0] = look_at("b", 5);
    CHECK(seen_by_both(a, b)->blind == std::set<LookOwner>{1, 2, 9});
    a.owners[1].push_back(for_everybody);
    CHECK_FALSE(seen_by_both(a, b));
  }
  SECTION("one saw nothing") {
    CHECK(seen_by_both(a, {})->looks.size() == 3);
    CHECK(seen_by_both({}, b)->looks.size() == 3);
  }
}
