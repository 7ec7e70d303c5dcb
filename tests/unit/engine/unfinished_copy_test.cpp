#include "engine/unfinished_copy.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <string>

#include "base/error.h"
#include "engine/copy_note.h"
#include "support/catch.h"
#include "unit/store/store_testing.h"

namespace mlpipe {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

/// The same file, with other bytes.
void rewrite_in_place(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

struct Beside {
  Playground ground;
  StateDirectory state{ground / "state"};
  fs::path folder = ground / "results";
  fs::path path = folder / "out";
  std::vector<Hash> ours{hash_bytes("new"), hash_bytes("old")};

  Beside() { make_folders(folder); }
  /// What a process leaves that is killed in the middle of it.
  void killed(const std::function<void(UnfinishedCopy&)>& deed) const {
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      auto* copy = new UnfinishedCopy(state, path, ours);  // NOLINT(*-owning-memory): it is killed
      deed(*copy);
      ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(status == 0);
  }
  /// Killed while "new" is to take the place of "old": then this lies there, and at the second
  /// name.
  void killed_in_trade(const std::function<void(const fs::path& whole)>& deed) const {
    killed([&](UnfinishedCopy& copy) {
      put_file(copy.making(), "new");
      copy.is_whole();
      deed(copy.whole());
    });
  }
  /// Names beside the path after a run has cleared up, with no note.
  [[nodiscard]] Names cleared() const {
    remove_unfinished_copies(state);
    CHECK(list_names(state.copies()).empty());
    CHECK(contents_put_aside(state).empty());
    return list_names(folder);
  }
};

}  // namespace

TEST_CASE("a copy that is being made is left to the process that makes it") {
  const Beside place;
  {
    const UnfinishedCopy copy(place.state, place.path, place.ours);
    put_file(copy.making(), "part");
    remove_unfinished_copies(place.state);
    CHECK(read_file(copy.making()) == "part");
    CHECK(list_names(place.state.copies()).size() == 1);
  }
  CHECK(list_names(place.folder).empty());
  CHECK(place.cleared().empty());
}

TEST_CASE("nothing goes on the word of a note that is damaged, in whatever byte") {
  const Beside place;
  place.killed([](const UnfinishedCopy& copy) { put_file(copy.making(), "part"); });
  const auto note = place.state.copies() / list_names(place.state.copies()).at(0);
  const std::string bytes = read_file(note);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    rewrite_in_place(note, damaged);
    remove_unfinished_copies(place.state);
    REQUIRE(list_names(place.folder).size() == 1);
    REQUIRE(parts_left(place.state).empty());
  }
  rewrite_in_place(note, bytes);
  CHECK(place.cleared().empty());
}

TEST_CASE("a note counts only for what mlpipe names so, beside the path") {
  const Beside place;
  const auto refused = [&](const fs::path& making, const fs::path& path) {
    return !decode_copy_note(encode(CopyNote{.making = making, .path = path}));
  };
  const auto name = fresh_copy_name();
  CHECK_FALSE(refused(place.folder / name, place.path));
  CHECK(refused(place.ground / name, place.path));
  CHECK(refused(place.folder / "victim", place.path));
  CHECK(refused(place.folder / ".mlpipe-0000000-1", place.path));
  CHECK(refused(place.folder / ".mlpipe-00000000-1x", place.path));
  CHECK(refused(place.folder / ".mlpipe-00000000-", place.path));
  CHECK(refused(place.folder, place.path));
  CHECK(refused(name, "out"));
  CHECK(refused({}, {}));
}

TEST_CASE("a copied workspace's note is of the other one's copy: that stays") {
  const Beside place;
  const UnfinishedCopy copy(place.state, place.path, place.ours);
  put_file(copy.making(), "part");
  const StateDirectory copied{place.ground / "copied"};
  make_folders(copied.copies());
  fs::copy(place.state.copies() / copy.making().filename(), copied.copies());
  remove_unfinished_copies(copied);
  CHECK(read_file(copy.making()) == "part");
  CHECK(list_names(copied.copies()).empty());
}

TEST_CASE("a part that a killed process left goes, and nothing else that lies beside") {
  const Beside place;
  put_file(place.folder / ".mlpipe-mine", "mine");
  place.killed([](const UnfinishedCopy& copy) { put_file(copy.making() / "sub" / "x", "part"); });
  CHECK(list_names(place.folder).size() == 2);
  CHECK(place.cleared() == Names{".mlpipe-mine"});
}

TEST_CASE("a killed process that made nothing leaves only a note, which goes") {
  const Beside place;
  place.killed([](const UnfinishedCopy&) {});
  CHECK(place.cleared().empty());
}

TEST_CASE("what a process leaves that is killed before or after a trade goes if it is mlpipe's") {
  const Beside place;
  const bool before = GENERATE(true, false);
  put_file(place.path, before ? "old" : "new");
  place.killed_in_trade([&](const fs::path& whole) { put_file(whole, before ? "new" : "old"); });
  CHECK(place.cleared() == Names{"out"});
  CHECK(read_file(place.path) == (before ? "old" : "new"));
}

TEST_CASE("what was seen to be mlpipe's goes, whatever it is now") {
  const Beside place;
  place.killed([](UnfinishedCopy& copy) {
    put_file(copy.making(), "new");
    copy.is_whole();
    put_file(copy.whole(), "seen");
    copy.may_go();
  });
  CHECK(place.cleared().empty());
}

TEST_CASE("what somebody wrote in the moment of a trade gets its place back after a kill") {
  const Beside place;
  SECTION("from mlpipe's copy, which goes") {
    put_file(place.path, "new");
    place.killed_in_trade([](const fs::path& whole) { put_file(whole, "theirs"); });
  }
  SECTION("where nothing is now") {
    place.killed_in_trade([](const fs::path& whole) { put_file(whole, "theirs"); });
  }
  SECTION("a link, also to what is mlpipe's") {
    put_file(place.path, "new");
    put_file(place.ground / "archive", "old");
    place.killed_in_trade([&](const fs::path& whole) {
      fs::remove(whole);
      put_link(whole, (place.ground / "archive").native());
    });
    CHECK(place.cleared() == Names{"out"});
    CHECK(fs::is_symlink(place.path));
    return;
  }
  CHECK(place.cleared() == Names{"out"});
  CHECK(read_file(place.path) == "theirs");
}

TEST_CASE("what somebody wrote stays where it is, and is named, if others took its place") {
  const Beside place;
  put_file(place.path, "theirs, later");
  place.killed_in_trade([](const fs::path& whole) { put_file(whole, "theirs, first"); });
  remove_unfinished_copies(place.state);
  const auto aside = contents_put_aside(place.state);
  REQUIRE(aside.size() == 1);
  CHECK(aside.front().path == place.path);
  CHECK(read_file(aside.front().place) == "theirs, first");
  CHECK(read_file(place.path) == "theirs, later");
  fs::remove(aside.front().place);
  CHECK(place.cleared() == Names{"out"});
}

TEST_CASE("a copy is found again when its disk is back") {
  const Beside place;
  const auto away = place.ground / "away";
  place.killed([](const UnfinishedCopy& copy) { put_file(copy.making(), "part"); });
  fs::rename(place.folder, away);
  remove_unfinished_copies(place.state);
  CHECK(list_names(place.state.copies()).size() == 1);
  fs::rename(away, place.folder);
  CHECK(place.cleared().empty());
}

TEST_CASE("a note that says nothing, or whose folder is gone, is kept only for a while") {
  const Beside place;
  const auto note = place.state.copies() / "note";
  const auto [text, hours] = GENERATE(
      table<std::string, int>({{"", 2},
                               {"/no/end", 2},
                               {std::string("one\0", 4), 2},
                               {std::string("/nowhere/copy\0/nowhere/out\0", 27), 31 * 24}}));
  put_file(note, text);
  remove_unfinished_copies(place.state);
  CHECK(list_names(place.state.copies()).size() == 1);  // its writer may be about to write it
  fs::last_write_time(note, fs::file_time_type::clock::now() - std::chrono::hours(hours));
  CHECK(place.cleared().empty());
}

TEST_CASE("a copy is not begun if no note can be written") {
  const Beside place;
  put_file(place.state.root, "a file in the way");
  CHECK_THROWS_AS(UnfinishedCopy(place.state, place.path, place.ours), Error);
  CHECK_NOTHROW(remove_unfinished_copies(place.state));
}

}  // namespace mlpipe
