#include "store/object_store.h"

#include <atomic>
#include <barrier>
#include <thread>

#include "support/catch.h"
#include "unit/store/store_testing.h"

namespace mlpipe {

namespace fs = std::filesystem;

TEST_CASE("a stored file is read under its own name, read-only, and is gone from where it was") {
  StoreWorld space;
  const StoredObject object = space.add_file("model.bin", "weights");
  CHECK(object.kind == FileKind::file);
  CHECK(object.file_name == "model.bin");
  CHECK(object.content_hash == hash_bytes("weights"));
  CHECK(object.bytes == 7);
  CHECK(object.files == 1);
  CHECK_FALSE(object.executable);
  CHECK(read_file(file_of(space, object)) == "weights");
  CHECK(mode_of(file_of(space, object)) == 0444);
  CHECK(mode_of(space.store.content_folder(object.id)) == 0555);
  CHECK_FALSE(stat_link(space / "work/model.bin"));
  CHECK(space.store.is_present(object.id, object.stat));
  CHECK(space.store.check(object.id) == ObjectState::intact);
  CHECK(space.store.current_stat(object.id)->same_content_as(object.stat));
  CHECK(shape(space.store.entries(object.id)) == Lines{"model.bin"});
  CHECK(space.scratch_is_empty());
  space.store.flush();
}

TEST_CASE("equal files of different names are two objects of one content") {
  StoreWorld space;
  const StoredObject one = space.add_file("a", "same");
  const StoredObject two = space.add_file("b", "same");
  CHECK(one.id != two.id);
  CHECK(one.content_hash == two.content_hash);
}

TEST_CASE("a stored folder has the hash it has outside") {
  StoreWorld space;
  const fs::path out = space / "work/out";
  put_file(out / "d/run.sh", "#!");
  set_mode(out / "d/run.sh", 0755);
  put_file(out / "a", "A");
  make_folders(out / "empty");
  put_link(out / "l", "d/run.sh");
  set_mode(out / "d", 0555);
  const Hash outside = space.hash(out).hash;
  const StoredObject object = space.store.add_output(out);
  CHECK(object.id == outside);
  CHECK(object.content_hash == outside);
  CHECK(object.bytes == 3);
  CHECK(object.files == 2);
  const fs::path content = space.store.content_folder(object.id);
  CHECK(space.hash(content).hash == outside);
  CHECK(mode_of(content / "d/run.sh") == 0555);
  CHECK(mode_of(content / "empty") == 0555);
  CHECK(shape(space.store.entries(object.id)) ==
        Lines{"a", "d/", "d/run.sh*", "empty/", "l -> d/run.sh"});
  CHECK_FALSE(stat_link(out));
}

TEST_CASE("the same content again is one object, as a source, too") {
  StoreWorld space;
  put_file(space / "work/out/a", "A");
  put_file(space / "src/a", "A");
  const StoredObject output = space.store.add_output(space / "work/out");
  const StoredObject source = space.add_source(space / "src");
  CHECK(output.id == source.id);
  CHECK(source.stat.same_content_as(output.stat));
  put_file(space / "work/out/a", "A");
  CHECK(space.store.add_output(space / "work/out").stat.same_content_as(output.stat));
  CHECK_FALSE(stat_link(space / "work/out"));
  CHECK(space.visible().size() == 1);
  CHECK(space.scratch_is_empty());
}

TEST_CASE("a hard link outside does not reach into the store") {
  StoreWorld space;
  put_file(space / "work/f", "good");
  fs::create_hard_link(space / "work/f", space / "kept");
  const StoredObject file = space.store.add_output(space / "work/f");
  put_file(space / "work/d/a", "good");
  set_mode(space / "work/d/a", 0755);
  fs::create_hard_link(space / "work/d/a", space / "work/d/b");
  fs::create_hard_link(space / "work/d/a", space / "kept2");
  const StoredObject folder = space.store.add_output(space / "work/d");
  put_file(space / "kept", "evil");
  put_file(space / "kept2", "evil");
  CHECK(read_file(file_of(space, file)) == "good");
  const fs::path content = space.store.content_folder(folder.id);
  CHECK(read_file(content / "a") == "good");
  CHECK(stat_file(content / "a")->links == 1);
  CHECK(stat_file(content / "b")->links == 1);
  CHECK(shape(space.store.entries(folder.id)) == Lines{"a*", "b*"});
  CHECK(mode_of(space / "kept2") == 0755);
  CHECK(space.store.check(folder.id) == ObjectState::intact);
}

TEST_CASE("links in an output stay inside or become what they lead to") {
  StoreWorld space;
  const fs::path out = space / "work/out";
  put_file(out / "d/x", "in");
  put_file(space / "other/f", "out");
  put_file(space / "other/tree/g", "deep");
  put_link(space / "other/tree/h", "g");
  put_link(out / "relative", "d/x");
  put_link(out / "d/absolute", out / "d/x");
  put_link(out / "file", space / "other/f");
  put_link(out / "folder", "../../other/tree");
  const Hash outside = space.hash(out).hash;
  const StoredObject object = space.store.add_output(out);
  CHECK(object.id == outside);
  CHECK(shape(space.store.entries(object.id)) == Lines{"d/", "d/absolute -> x", "d/x", "file",
                                                       "folder/", "folder/g", "folder/h -> g",
                                                       "relative -> d/x"});
  const fs::path content = space.store.content_folder(object.id);
  CHECK(fs::read_symlink(content / "d/absolute") == "x");
  CHECK(stat_link(content / "file")->kind == FileKind::file);
  CHECK(read_file(content / "folder/h") == "deep");
  CHECK(read_file(space / "other/tree/g") == "deep");
  CHECK(mode_of(space / "other/f") != 0444);
  CHECK(space.store.check(object.id) == ObjectState::intact);
}

TEST_CASE("an output that is a link is stored as what it leads to, which stays") {
  StoreWorld space;
  put_file(space / "big", "data");
  put_file(space / "tree/a", "A");
  put_link(space / "work/f", "../big");
  put_link(space / "work/d", "../tree");
  const StoredObject file = space.store.add_output(space / "work/f");
  const StoredObject folder = space.store.add_output(space / "work/d");
  CHECK(file.file_name == "f");
  CHECK(read_file(file_of(space, file)) == "data");
  CHECK(read_file(space.store.content_folder(folder.id) / "a") == "A");
  CHECK(list_names(space / "work").empty());
  CHECK(read_file(space / "big") == "data");
  CHECK(read_file(space / "tree/a") == "A");
}

TEST_CASE("a bad output is refused by name and stays where it is") {
  StoreWorld space;
  put_file(space / "work/out/a", "A");
  std::string bad = "out/bad";
  SECTION("dangling link") { put_link(space / "work/out/bad", "nowhere"); }
  SECTION("FIFO") { REQUIRE(::mkfifo((space / "work/out/bad").c_str(), 0600) == 0); }
  try {
    (void)space.store.add_output(space / "work/out");
    FAIL("stored");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::invalid_file);
    CHECK(std::string(error.what()).find(bad) != std::string::npos);
  }
  CHECK(read_file(space / "work/out/a") == "A");
  CHECK(space.visible().empty());
  CHECK(space.scratch_is_empty());
  CHECK_THROWS_AS(space.store.add_output(space / "work/nothing"), Error);
}

TEST_CASE("a copy holds all that is there, ignore files or not, and leaves it as it was") {
  StoreWorld space;
  const fs::path model = space / "model";
  put_file(model / ".gitignore", "*.bin\n");
  put_file(model / "w.bin", "weights");
  put_file(model / "sub/run.sh", "x");
  set_mode(model / "sub/run.sh", 0700);
  put_link(model / "inside", "w.bin");
  put_link(model / "outside", "../other");
  put_file(space / "other", "o");
  const Hash before = space.hash(model).hash;
  const StoredObject folder = space.store.add_copy(model, space.cache, space.pool);
  CHECK(folder.id == before);
  CHECK(folder.kind == FileKind::folder);
  CHECK(folder.files == 4);
  CHECK(shape(space.store.entries(folder.id)) ==
        Lines{".gitignore", "inside -> w.bin", "outside", "sub/", "sub/run.sh*", "w.bin"});
  put_file(model / "w.bin", "changed");
  CHECK(read_file(space.store.content_folder(folder.id) / "w.bin") == "weights");
  CHECK(space.store.check(folder.id) == ObjectState::intact);
  put_link(space / "link", "other");
  const StoredObject file = space.store.add_copy(space / "link", space.cache, space.pool);
  CHECK(file.kind == FileKind::file);
  CHECK(file.file_name == "link");
  CHECK(read_file(file_of(space, file)) == "o");
  CHECK(read_file(space / "other") == "o");
  CHECK_THROWS_AS(space.store.add_copy(space / "gone", space.cache, space.pool), Error);
  CHECK(space.scratch_is_empty());
}

TEST_CASE("an output from another filesystem is copied") {
  StoreWorld space;
  if (stat_file("/dev/shm")->dev == stat_file(space.folder.path())->dev) {
    WARN("skipped: /dev/shm is no filesystem of its own");
    return;
  }
  const TemporaryFolder elsewhere("/dev/shm");
  put_file(elsewhere.path() / "f", "file");
  put_file(elsewhere.path() / "d/x", "in");
  set_mode(elsewhere.path() / "d/x", 0755);
  put_link(elsewhere.path() / "d/l", elsewhere.path() / "d/x");
  CHECK(read_file(file_of(space, space.store.add_output(elsewhere.path() / "f"))) == "file");
  const StoredObject folder = space.store.add_output(elsewhere.path() / "d");
  CHECK(shape(space.store.entries(folder.id)) == Lines{"l -> x", "x*"});
  CHECK(list_names(elsewhere.path()).empty());
}

TEST_CASE("content is copied out with x bits, links and empty folders") {
  StoreWorld space;
  const fs::path out = space / "work/out";
  const std::string odd = "a 'b'\n\xff\xfe\"";
  put_file(out / odd, "odd");
  put_file(out / std::string(255, 'n') / "run", "#!");
  set_mode(out / std::string(255, 'n') / "run", 0755);
  make_folders(out / "empty");
  put_link(out / "l", odd);
  const StoredObject object = space.store.add_output(out);
  const bool writable = GENERATE(true, false);
  const fs::path to = space / "copy";
  make_folders(to);
  space.store.copy_content(object.id, to, writable);
  CHECK(space.hash(to).hash == object.id);
  CHECK(stat_file(to / odd)->links == 1);
  CHECK((mode_of(to / odd) & 0200U) == (writable ? 0200U : 0U));
  CHECK((mode_of(to / "empty") & 0200U) == (writable ? 0200U : 0U));
  put_file(to / odd, "changed");
  CHECK(space.store.check(object.id) == ObjectState::intact);
}

TEST_CASE("a source is copied after the ignore rules, and is known at once the next time") {
  StoreWorld space;
  const fs::path src = space / "src";
  put_file(src / "a.py", "print()");
  put_file(src / "x.pyc", "");
  put_file(src / ".gitignore", "*.pyc\n");
  put_file(src / "run.sh", "#!");
  set_mode(src / "run.sh", 0755);
  const StoredObject object = space.add_source(src);
  CHECK(object.kind == FileKind::folder);
  CHECK(shape(space.store.entries(object.id)) == Lines{".gitignore", "a.py", "run.sh*"});
  CHECK(object.id == space.source(src).hash);
  CHECK(mode_of(src / "a.py") != 0444);
  // With all files remembered nothing is read: a lie in the cache is believed.
  for (const char* name : {"a.py", ".gitignore", "run.sh"}) {
    const FileStat look = *stat_file(src / name);
    space.cache.remember(src / name, look, hash_bytes(read_file(src / name)),
                         look.ctime_ns + 100'000'000'000);
  }
  CHECK(space.add_source(src).stat.same_content_as(object.stat));
  CHECK(space.scratch_is_empty());
  put_file(src / "b.py", "");
  CHECK(space.add_source(src).id != object.id);
}

TEST_CASE("a remembered hash never gets an object another name than its bytes") {
  StoreWorld space;
  const fs::path src = space / "src";
  put_file(src / "a", "one");
  const FileStat look = *stat_file(src / "a");
  space.cache.remember(src / "a", look, hash_bytes("a lie"), look.ctime_ns + 100'000'000'000);
  const StoredObject object = space.add_source(src);
  CHECK(space.store.entries(object.id).at(0).hash == hash_bytes("one"));
}

TEST_CASE("no source is an empty object") {
  StoreWorld space;
  const StoredObject object = space.add_source("");
  CHECK(object.files == 0);
  CHECK(space.store.check(object.id) == ObjectState::intact);
  CHECK(space.store.entries(object.id).empty());
}

TEST_CASE("a source that is edited while it is copied is stored as it was at one moment") {
  StoreWorld space;
  const fs::path src = space / "src";
  // Two files that are always saved together hold the same number.
  const auto save = [&](int i) {
    for (const char* name : {"a", "z"})
      write_file_atomically(src / name, std::to_string(i) + std::string(20000, '.'));
  };
  make_folders(src);
  for (int i = 0; i < 30; ++i) put_file(src / ("m" + std::to_string(i)), std::string(5000, 'm'));
  save(0);
  constexpr int rounds = 20;
  std::barrier together(2);
  std::jthread editor([&] {
    for (int i = 1; i <= rounds; ++i) {
      together.arrive_and_wait();
      // Each time somewhat later in the copying.
      for (std::atomic<int> spin = 0; spin < i * 8000;) ++spin;
      save(i);
      together.arrive_and_wait();
    }
  });
  for (int i = 1; i <= rounds; ++i) {
    together.arrive_and_wait();
    const StoredObject object = space.add_source(src);
    together.arrive_and_wait();
    const fs::path content = space.store.content_folder(object.id);
    const int a = std::stoi(read_file(content / "a"));
    const int z = std::stoi(read_file(content / "z"));
    CHECK((a == i || a == i - 1));
    CHECK((a == z || a == z + 1));  // at once, or between the two saves
    CHECK(space.store.check(object.id) == ObjectState::intact);
    CHECK(space.hash(content).hash == object.id);
  }
  CHECK(space.scratch_is_empty());
}

TEST_CASE("what an output's link leads to keeps its permissions") {
  StoreWorld space;
  put_file(space / "theirs/f", "x");
  set_mode(space / "theirs", 0750);
  put_link(space / "work/out/l", space / "theirs");
  put_link(space / "work/top", space / "theirs");
  (void)space.store.add_output(space / "work/out");
  (void)space.store.add_output(space / "work/top");
  CHECK(mode_of(space / "theirs") == 0750);
  CHECK(mode_of(space / "theirs/f") != 0444);
}

}  // namespace mlpipe
