#include "engine/write_back.h"

#include <string>
#include <vector>

#include "engine/published_mark.h"
#include "support/catch.h"
#include "unit/store/store_testing.h"

namespace mlpipe {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using WriteBackKind = WriteBackOutcome::Kind;
using Names = std::vector<std::string>;

/// A store with outputs, and a place to copy them to.
struct Place {
  Playground ground;
  ObjectStore store{ground / "objects", ground / "scratch"};
  StateDirectory state{ground / "state"};
  fs::path path = ground / "results" / "out";

  /// An output with this text, as a file or as the folder that holds it.
  WriteBack made(const std::string& text, bool is_file, std::optional<Hash> put_before = {}) {
    const auto from = ground / "made";
    put_file(is_file ? from : from / "inside", text);
    const StoredObject object = store.add_output(from);
    return {.output = "model",
            .path = path,
            .object = object.id,
            .content_hash = object.content_hash,
            .is_file = is_file,
            .executable = object.executable,
            .file_name = object.file_name,
            .put_before = put_before};
  }
  WriteBackOutcome put(const WriteBack& what) {
    return write_back_output(what, state, store, nullptr, ground.cache, ground.pool);
  }
  /// What stands at the path now, and nothing else beside it.
  std::string now(bool is_file) {
    CHECK(list_names(path.parent_path()) == Names{"out"});
    CHECK(list_names(state.copies()).empty());
    return read_file(is_file ? path : path / "inside");
  }
};

}  // namespace

TEST_CASE("an output is copied to a path that is free, with the folders above it") {
  Place place;
  const bool is_file = GENERATE(false, true);
  const auto what = place.made("text", is_file);
  const auto outcome = place.put(what);
  CHECK(outcome.kind == WriteBackKind::written);
  CHECK(outcome.message.empty());
  CHECK(place.now(is_file) == "text");
  const auto file = is_file ? place.path : place.path / "inside";
  CHECK(stat_file(file)->links == 1);
  CHECK((mode_of(file) & 0200U) != 0);
  put_file(file, "changed there");
  CHECK(place.store.check(what.object) == ObjectState::intact);
}

TEST_CASE("what mlpipe put there itself is replaced, and what is there already is left") {
  Place place;
  const bool is_file = GENERATE(false, true);
  const auto first = place.made("first", is_file);
  REQUIRE(place.put(first).kind == WriteBackKind::written);
  CHECK(place.put(first).kind == WriteBackKind::already_there);
  const auto second = place.made("second", is_file, first.content_hash);
  CHECK(place.put(second).kind == WriteBackKind::written);
  CHECK(place.now(is_file) == "second");
}

TEST_CASE(
    "a copy whose driver was killed before it recorded it is mlpipe's own, until it is edited") {
  Place place;
  const bool is_file = GENERATE(false, true);
  REQUIRE(place.put(place.made("first", is_file)).kind == WriteBackKind::written);
  if (!is_marked_published(place.path, place.made("first", is_file).content_hash))
    return;  // no extended attributes here: then there is only the record
  REQUIRE(place.put(place.made("second", is_file)).kind == WriteBackKind::written);
  CHECK(place.now(is_file) == "second");
  put_file(is_file ? place.path : place.path / "inside", "edited");
  CHECK(place.put(place.made("third", is_file)).kind == WriteBackKind::kept_foreign);
  CHECK(place.now(is_file) == "edited");
}

TEST_CASE("a copy that was moved to another path is foreign there") {
  Place place;
  WriteBack what = place.made("text", true);
  REQUIRE(place.put(what).kind == WriteBackKind::written);
  fs::rename(place.path, place.ground / "results" / "other");
  WriteBack next = place.made("new", true);
  next.path = place.ground / "results" / "other";
  CHECK(place.put(next).kind == WriteBackKind::kept_foreign);
}

TEST_CASE("a folder is replaced as a whole: nothing of the old one stays") {
  Place place;
  put_file(place.ground / "made" / "old file", "x");
  put_file(place.ground / "made" / "sub" / "deep", "x");
  const StoredObject object = place.store.add_output(place.ground / "made");
  WriteBack first = place.made("new", false);
  WriteBack old = first;
  old.object = object.id;
  old.content_hash = object.content_hash;
  REQUIRE(place.put(old).kind == WriteBackKind::written);
  first.put_before = object.content_hash;
  CHECK(place.put(first).kind == WriteBackKind::written);
  CHECK(list_names(place.path) == Names{"inside"});
  CHECK(list_names(place.path.parent_path()) == Names{"out"});
}

TEST_CASE("a folder that only lacks files is filled again, also by another result") {
  const bool by_another = GENERATE(false, true);
  Place place;
  for (const char* file : {"a", "sub/b", "sub/c"}) put_file(place.ground / "made" / file, file);
  const StoredObject object = place.store.add_output(place.ground / "made");
  WriteBack what{.output = "model",
                 .path = place.path,
                 .object = object.id,
                 .content_hash = object.content_hash};
  REQUIRE(place.put(what).kind == WriteBackKind::written);
  what.put_before = object.content_hash;
  const auto state = [&] {
    return look_at_place(what, place.store, place.ground.cache, place.ground.pool).state;
  };
  CHECK(state() == PublishedPlace::State::holds);
  SECTION("a file is gone") { fs::remove(place.path / "sub" / "b"); }
  SECTION("a folder is gone") { fs::remove_all(place.path / "sub"); }
  SECTION("all is gone") {
    for (const auto& name : list_names(place.path)) fs::remove_all(place.path / name);
  }
  CHECK(state() == PublishedPlace::State::part);
  WriteBack next = by_another ? place.made("other", false, what.put_before) : what;
  CHECK(place.put(next).kind == WriteBackKind::written);
  CHECK(list_names(place.path) ==
        (next.object == what.object ? Names{"a", "sub"} : Names{"inside"}));
}

TEST_CASE("a folder that lacks files and has others, or changed ones, is kept") {
  Place place;
  for (const char* file : {"a", "b"}) put_file(place.ground / "made" / file, file);
  const StoredObject object = place.store.add_output(place.ground / "made");
  WriteBack what{.output = "model",
                 .path = place.path,
                 .object = object.id,
                 .content_hash = object.content_hash};
  REQUIRE(place.put(what).kind == WriteBackKind::written);
  what.put_before = object.content_hash;
  fs::remove(place.path / "a");
  SECTION("another file") { put_file(place.path / "mine", "mine"); }
  SECTION("an empty folder") { make_folders(place.path / "mine"); }
  SECTION("a changed file") { put_file(place.path / "b", "mine"); }
  SECTION("an executable one") { fs::permissions(place.path / "b", fs::perms::owner_all); }
  CHECK(place.put(what).kind == WriteBackKind::kept_foreign);
  CHECK_FALSE(stat_link(place.path / "a").has_value());
}

TEST_CASE("equal content that somebody else put there is fine") {
  Place place;
  put_file(place.path, "same");
  CHECK(place.put(place.made("same", true)).kind == WriteBackKind::already_there);
}

TEST_CASE("what mlpipe did not put there is kept, and the message says what to do") {
  Place place;
  const bool is_file = GENERATE(false, true);
  SECTION("a file") { put_file(place.path, "mine"); }
  SECTION("a folder") { put_file(place.path / "inside", "mine"); }
  SECTION("an empty folder") { make_folders(place.path); }
  SECTION("a dangling link") { put_link(place.path, "nowhere"); }
  const auto before = stat_link(place.path);
  const auto outcome = place.put(place.made("text", is_file));
  CHECK(outcome.kind == WriteBackKind::kept_foreign);
  CHECK_THAT(outcome.message, Contains("'model'") && Contains(place.path.string()) &&
                                  Contains("was not put there by mlpipe") &&
                                  Contains("mlpipe get"));
  CHECK(stat_link(place.path)->same_content_as(*before));
  CHECK(list_names(place.path.parent_path()) == Names{"out"});
}

TEST_CASE("what was edited since mlpipe put it there is kept") {
  Place place;
  const bool is_file = GENERATE(false, true);
  const auto first = place.made("first", is_file);
  REQUIRE(place.put(first).kind == WriteBackKind::written);
  put_file(is_file ? place.path : place.path / "note", "edited");
  const auto outcome = place.put(place.made("second", is_file, first.content_hash));
  CHECK(outcome.kind == WriteBackKind::kept_foreign);
  CHECK_THAT(outcome.message, Contains("was edited since"));
  CHECK(read_file(is_file ? place.path : place.path / "note") == "edited");
}

TEST_CASE("what cannot be copied is told and leaves nothing half") {
  Place place;
  SECTION("the object is gone") {
    const auto what = place.made("text", false);
    remove_tree(place.store.content_folder(what.object));
    const auto outcome = place.put(what);
    CHECK(outcome.kind == WriteBackKind::failed);
    CHECK_THAT(outcome.message, Contains("'model' could not be copied"));
    CHECK_FALSE(stat_link(place.path.parent_path()));
  }
  SECTION("a file is in the way of the folder above") {
    put_file(place.ground / "results", "x");
    CHECK(place.put(place.made("text", true)).kind == WriteBackKind::failed);
    CHECK(read_file(place.ground / "results") == "x");
  }
}

TEST_CASE("an executable file stays executable") {
  Place place;
  put_file(place.ground / "made", "#!/bin/sh\n");
  set_mode(place.ground / "made", 0755);
  const auto what = place.made("#!/bin/sh\n", true);
  REQUIRE(what.executable);
  REQUIRE(place.put(what).kind == WriteBackKind::written);
  CHECK(stat_file(place.path)->executable);
}

TEST_CASE("only outputs with a path are copied, knowing what was put there before") {
  History history(":memory:", Database::Mode::read_write);
  history.remember_published("/w/model", hash_bytes("old"), {1}, {});
  const Step step{.outputs = {{.name = "model", .path = "/w/model"},
                              {.name = "plots"},
                              {.name = "table", .path = "/w/table"}}};
  const std::vector<OutputRecord> outputs = {{.name = "model",
                                              .object = hash_bytes("o"),
                                              .content_hash = hash_bytes("new"),
                                              .is_file = true,
                                              .executable = true,
                                              .file_name = "m"},
                                             {.name = "plots"},
                                             {.name = "table"},
                                             {.name = std::string(artifacts_output)}};
  const auto work = write_backs(step, outputs, "r", history);
  REQUIRE(work.size() == 2);
  CHECK(work[0].output == "model");
  CHECK(work[0].path == "/w/model");
  CHECK(work[0].object == hash_bytes("o"));
  CHECK(work[0].content_hash == hash_bytes("new"));
  CHECK(work[0].is_file);
  CHECK(work[0].executable);
  CHECK(work[0].file_name == "m");
  CHECK(work[0].put_before == hash_bytes("old"));
  CHECK(work[1].output == "table");
  CHECK_FALSE(work[1].put_before);
}

TEST_CASE("only what mlpipe put there, or found there as its own, is remembered") {
  const auto [kind, remembered] =
      GENERATE(table<WriteBackKind, bool>({{WriteBackKind::written, true},
                                           {WriteBackKind::already_there, true},
                                           {WriteBackKind::kept_foreign, false},
                                           {WriteBackKind::failed, false}}));
  History history(":memory:", Database::Mode::read_write);
  record_write_back(
      {.kind = kind, .what = {.path = "/w/x", .content_hash = hash_bytes("c")}, .message = {}}, {1},
      history);
  CHECK(history.published_content("/w/x").has_value() == remembered);
}

}  // namespace mlpipe
