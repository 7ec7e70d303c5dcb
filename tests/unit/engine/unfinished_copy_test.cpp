#include "engine/unfinished_copy.h"

#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>

#include "base/error.h"
#include "engine/published_mark.h"
#include "support/catch.h"
#include "unit/store/store_testing.h"

namespace mlpipe {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

struct Beside {
  Playground ground;
  StateDirectory state{ground / "state"};
  fs::path folder = ground / "results";
  fs::path path = folder / "out";

  Beside() { make_folders(folder); }
  /// What a process leaves that is killed in the middle of it.
  void killed(const std::function<void(UnfinishedCopy&)>& deed) const {
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      auto* copy = new UnfinishedCopy(state, path);  // NOLINT(*-owning-memory): it is killed
      deed(*copy);
      ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(status == 0);
  }
  /// The marked copy as it is just before it trades places.
  void made(UnfinishedCopy& copy, const std::string& text) const {
    put_file(copy.making(), text);
    mark_published(copy.making(), hash_bytes(text), path);
    copy.is_whole();
  }
  /// Names beside the path after a run has cleared up, and no note.
  [[nodiscard]] Names cleared() const {
    remove_unfinished_copies(state);
    CHECK(list_names(state.copies()).empty());
    return list_names(folder);
  }
};

}  // namespace

TEST_CASE("a copy that is being made is left to the process that makes it") {
  const Beside place;
  {
    const UnfinishedCopy copy(place.state, place.path);
    put_file(copy.making(), "part");
    remove_unfinished_copies(place.state);
    CHECK(read_file(copy.making()) == "part");
    CHECK(list_names(place.state.copies()).size() == 1);
  }
  CHECK(list_names(place.folder).empty());
  CHECK(place.cleared().empty());
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

TEST_CASE("a whole copy that a killed process left goes if it is mlpipe's, and stays if not") {
  const Beside place;
  put_file(place.ground / "probe", "x");
  mark_published(place.ground / "probe", hash_bytes("x"), place.path);
  if (!published_mark(place.ground / "probe", place.path)) return;  // no extended attributes here
  SECTION("as it was made") {
    place.killed([&place](UnfinishedCopy& copy) { place.made(copy, "whole"); });
    CHECK(place.cleared().empty());
  }
  SECTION("what somebody wrote lies there after the trade") {
    place.killed([&place](UnfinishedCopy& copy) {
      place.made(copy, "whole");
      put_file(copy.whole(), "theirs");
    });
    const Names left = place.cleared();
    REQUIRE(left.size() == 1);
    CHECK(read_file(place.folder / left.front()) == "theirs");
  }
  SECTION("what was seen to be mlpipe's") {
    place.killed([&place](UnfinishedCopy& copy) {
      place.made(copy, "whole");
      put_file(copy.whole(), "seen");
      copy.may_go();
    });
    CHECK(place.cleared().empty());
  }
}

TEST_CASE("a note that a power cut emptied names nothing, and is kept only for a while") {
  const Beside place;
  put_file(place.state.copies() / "empty", "");
  remove_unfinished_copies(place.state);
  CHECK(list_names(place.state.copies()).size() == 1);  // its writer may be about to write it
}

TEST_CASE("a copy is not begun if no note can be written") {
  const Beside place;
  put_file(place.state.root, "a file in the way");
  CHECK_THROWS_AS(UnfinishedCopy(place.state, place.path), Error);
  CHECK_NOTHROW(remove_unfinished_copies(place.state));
}

}  // namespace mlpipe
