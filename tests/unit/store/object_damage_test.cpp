// What happens to objects that are damaged, contended, killed half-way or out of room.

#include <sys/mount.h>
#include <sys/wait.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <functional>

#include "store/object_manifest.h"
#include "store/object_store.h"
#include "support/catch.h"
#include "unit/store/store_testing.h"

namespace mlpipe {

namespace fs = std::filesystem;

TEST_CASE("damage to an object is found, and takes it away") {
  StoreWorld space;
  put_file(space / "work/out/a", "good");
  put_file(space / "work/out/d/b", "good");
  const StoredObject object = space.store.add_output(space / "work/out");
  const fs::path content = space.store.content_folder(object.id);
  SECTION("other bytes, the same size and mtime") { damage(content / "d/b", "evil"); }
  SECTION("a file less") { fs::remove(content / "a"); }
  SECTION("a file more") { put_file(content / "d/new", ""); }
  SECTION("a file made executable") { set_mode(content / "a", 0555); }
  SECTION("a FIFO") { REQUIRE(::mkfifo((content / "fifo").c_str(), 0600) == 0); }
  SECTION("no content") { remove_tree(content); }
  SECTION("other bytes, and no manifest") {
    damage(content / "a", "evil");
    fs::remove(content.parent_path() / "entries");
  }
  CHECK(space.store.check(object.id) == ObjectState::damaged);
  CHECK(space.store.check(object.id) == ObjectState::missing);
  CHECK_FALSE(space.store.is_present(object.id, object.stat));
  CHECK_FALSE(space.store.current_stat(object.id));
  CHECK(list_names(space / "quarantine").size() == 1);
  CHECK_THROWS_AS(space.store.entries(object.id), Error);
}

TEST_CASE("a damaged object is replaced when its content is made again") {
  StoreWorld space;
  const StoredObject object = space.add_file("f", "good");
  damage(file_of(space, object), "evil");
  const StoredObject again = space.add_file("f", "good");
  CHECK(again.id == object.id);
  CHECK(read_file(file_of(space, again)) == "good");
  CHECK(space.store.is_present(again.id, again.stat));
  CHECK(list_names(space / "quarantine").size() == 1);
}

TEST_CASE("an object that only looks different stays, and its manifest is renewed") {
  StoreWorld space;
  put_file(space / "work/out/d/a", "good");
  put_link(space / "work/out/l", "d/a");
  const StoredObject object = space.store.add_output(space / "work/out");
  const fs::path content = space.store.content_folder(object.id);
  SECTION("made writable") { set_mode(content / "d/a", 0644); }
  SECTION("touched") { set_mtime(content / "d/a", 1); }
  SECTION("a lost manifest") { fs::remove(content.parent_path() / "entries"); }
  SECTION("a cut manifest") { put_file(content.parent_path() / "entries", "mlpipe object 1\n"); }
  CHECK(space.store.check(object.id) == ObjectState::intact);
  CHECK(mode_of(content / "d/a") == 0444);
  CHECK(shape(space.store.entries(object.id)) == Lines{"d/", "d/a", "l -> d/a"});
  const std::string renewed = read_file(content.parent_path() / "entries");
  CHECK(space.store.check(object.id) == ObjectState::intact);
  CHECK(read_file(content.parent_path() / "entries") == renewed);
}

TEST_CASE("a copied workspace keeps its objects") {
  StoreWorld space;
  put_file(space / "work/out/d/a", "good");
  const StoredObject object = space.store.add_output(space / "work/out");
  const std::string copy = (space / "copy").string();
  REQUIRE(std::system(("cp -a '" + (space / "objects").string() + "' '" + copy + "'").c_str()) ==
          0);
  ObjectStore other(copy, space / "copy-scratch");
  CHECK_FALSE(other.is_present(object.id, object.stat));
  CHECK(other.check(object.id) == ObjectState::intact);
  CHECK(other.is_present(object.id, *other.current_stat(object.id)));
}

TEST_CASE("threads and stores that add the same object at once all succeed") {
  StoreWorld space;
  ObjectStore second(space / "objects", space / "scratch2");
  constexpr std::size_t adders = 32;
  for (std::size_t i = 0; i < adders; ++i)
    put_file(space / ("work/" + std::to_string(i) + "/out/a"), "same");
  std::vector<StoredObject> objects(adders);
  WorkerPool pool(8);
  pool.for_each(adders, [&](std::size_t i) {
    ObjectStore& store = i % 2 == 0 ? space.store : second;
    objects[i] = store.add_output(space / ("work/" + std::to_string(i) + "/out"));
  });
  CHECK(space.visible().size() == 1);
  CHECK(space.scratch_is_empty());
  for (const auto& object : objects) CHECK(space.store.is_present(object.id, object.stat));
  CHECK(space.store.check(objects[0].id) == ObjectState::intact);
}

TEST_CASE("racing checks of a damaged object quarantine it once, and what is put anew stays") {
  StoreWorld space;
  const StoredObject object = space.add_file("f", "good");
  WorkerPool pool(8);
  for (int round = 0; round < 20; ++round) {
    damage(file_of(space, object), "evil");
    for (int i = 0; i < 8; ++i) put_file(space / ("work/" + std::to_string(i) + "/f"), "good");
    pool.for_each(8, [&](std::size_t i) {
      (void)space.store.add_output(space / ("work/" + std::to_string(i) + "/f"));
    });
    CHECK(space.store.check(object.id) == ObjectState::intact);
    CHECK(read_file(file_of(space, object)) == "good");
  }
}

TEST_CASE("any cut or changed byte makes a manifest invalid") {
  ObjectManifest manifest;
  manifest.root.ino = 5;
  manifest.entries.push_back({.entry = {.path = "a\nb", .kind = FileKind::link, .link = "x"},
                              .look = {.kind = FileKind::link, .size = 1}});
  const std::string bytes = encode_object_manifest(manifest);
  REQUIRE(decode_object_manifest(bytes));
  CHECK(decode_object_manifest(bytes)->entries.at(0).entry.path == "a\nb");
  CHECK(decode_object_manifest(bytes)->root.ino == 5);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    CHECK_FALSE(decode_object_manifest(bytes.substr(0, i)));
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 4);
    CHECK_FALSE(decode_object_manifest(changed));
  }
}

namespace {

/// Run `work` in a process of its own; true if it returns true.
bool in_child(const std::function<bool()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    bool good = false;
    try {
      good = work();
    } catch (const std::exception& error) {
      (void)!::write(2, error.what(), std::string_view(error.what()).size());
    }
    ::_exit(good ? 0 : 1);
  }
  int status = 1;
  return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace

TEST_CASE("an unprivileged user can store, check, replace and copy read-only trees") {
  if (::geteuid() != 0) {
    WARN("skipped: needs root to become somebody else");
    return;
  }
  const TemporaryFolder folder;
  set_mode(folder.path(), 0777);
  CHECK(in_child([&] {
    if (::setgid(65534) != 0 || ::setuid(65534) != 0) return false;
    ObjectStore store(folder.path() / "objects", folder.path() / "scratch");
    int times = 0;
    const auto make = [&] {
      const fs::path out = folder.path() / "work/out";
      put_file(out / "d/a", "good");
      fs::create_hard_link(out / "d/a", out / "d/b");
      put_file(out / "closed/c", "x");
      set_mode(out / "closed/c", 0000);
      set_mode(out / "closed", times++ == 0 ? 0000 : 0400);
      set_mode(out / "d", 0555);
      set_mode(out, 0555);
      return store.add_output(out);
    };
    const StoredObject object = make();
    const StoredObject again = make();
    const fs::path content = store.content_folder(object.id);
    if (again.id != object.id || store.check(object.id) != ObjectState::intact) return false;
    damage(content / "d/a", "evil");
    if (store.check(object.id) != ObjectState::damaged) return false;
    make_folders(folder.path() / "copy");
    store.copy_content(make().id, folder.path() / "copy", false);
    return read_file(folder.path() / "copy/d/b") == "good" &&
           list_names(folder.path() / "scratch").empty() &&
           list_names(folder.path() / "work").empty();
  }));
}

TEST_CASE("an unreadable file or folder is an error that names it") {
  if (::geteuid() != 0) {
    WARN("skipped: needs root to become somebody else");
    return;
  }
  Playground play;
  put_file(play / "t/secret/x", "");
  put_file(play / "s/file", "");
  set_mode(play / "t/secret", 0);
  set_mode(play / "s/file", 0);
  put_file(play / "src/.gitignore", "secret\n");
  put_file(play / "src/secret/x", "");
  set_mode(play / "src/secret", 0);
  set_mode(play.folder.path(), 0755);
  CHECK(in_child([&] {
    if (::setuid(65534) != 0) return false;
    StatCache cache("/nowhere");
    WorkerPool pool(1);
    int named = 0;
    for (const char* name : {"t", "s"}) {
      try {
        (void)hash_contents(play / name, cache, pool);
      } catch (const Error& error) {
        const std::string text = error.what();
        if (error.kind() == ErrorKind::system && (text.find("t/secret") != std::string::npos ||
                                                  text.find("s/file") != std::string::npos))
          ++named;
      }
    }
    // What is ignored is not even opened.
    return named == 2 && hash_source({.root = play / "src"}, cache, pool).entries.size() == 1;
  }));
}

TEST_CASE("killed at any point, a store shows whole objects only") {
  const TemporaryFolder folder;
  std::size_t seen = 0;
  for (int round = 0; round < 25; ++round) {
    int progress[2] = {-1, -1};
    REQUIRE(::pipe(progress) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ObjectStore store(folder.path() / "objects", folder.path() / "scratch");
      for (int i = 0;; ++i) {
        const fs::path out = folder.path() / "work/out";
        remove_tree(out);
        const std::string name = std::to_string(round) + '.' + std::to_string(i);
        for (const char* file : {"a", "b", "c/d", "c/e"}) put_file(out / file, file + name);
        if (::write(progress[1], "x", 1) != 1) ::_exit(1);
        (void)store.add_output(out);
      }
    }
    ::close(progress[1]);
    char byte = 0;
    for (int i = 0; i < 3; ++i) CHECK(::read(progress[0], &byte, 1) == 1);
    for (std::atomic<int> spin = 0; spin < round * 1500;) ++spin;
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(progress[0]);
  }
  ObjectStore store(folder.path() / "objects", folder.path() / "scratch");
  for (const auto& shard : list_names(folder.path() / "objects")) {
    for (const auto& id : list_names(folder.path() / "objects" / shard)) {
      const fs::path entries = folder.path() / "objects" / shard / id / "entries";
      const std::string before = read_file(entries);
      CHECK(store.check(*parse_hash(id)) == ObjectState::intact);
      CHECK(read_file(entries) == before);  // it was whole as it was
      ++seen;
    }
  }
  CHECK(seen >= 50);
}

TEST_CASE("a flush does not mind an object that goes away meanwhile, only a store that does") {
  StoreWorld space;
  put_file(space / "out" / "a", "a");
  put_file(space / "out" / "b", "b");
  const auto object = space.store.add_output(space / "out");
  // What a flush sees that has read the manifest before the object went to quarantine.
  remove_tree(space.store.content_folder(object.id));
  CHECK_NOTHROW(space.store.flush());
  CHECK(space.store.check(object.id) != ObjectState::intact);

  put_file(space / "out" / "a", "a");
  (void)space.store.add_output(space / "out");
  remove_tree(space / "objects");
  CHECK_THROWS_AS(space.store.flush(), Error);
}

TEST_CASE("a full disk leaves nothing half-visible and loses no output") {
  const TemporaryFolder folder;
  if (::mount("none", folder.path().c_str(), "tmpfs", 0, "size=1m") != 0) {
    WARN("skipped: cannot mount a small filesystem here");
    return;
  }
  {
    ObjectStore store(folder.path() / "objects", folder.path() / "scratch");
    const fs::path work = folder.path() / "work/out";
    for (int i = 0; i < 40; ++i)
      put_file(work / ("a-name-that-takes-some-room-" + std::to_string(i)), std::to_string(i));
    fs::create_hard_link(work / "a-name-that-takes-some-room-1", folder.path() / "kept");
    const std::string filler(1U << 20U, 'f');
    try {
      put_file(folder.path() / "filler", filler);
    } catch (const Error&) {  // the point
    }
    CHECK_THROWS_AS(store.add_output(work), Error);
    CHECK(list_names(work).size() == 40);
    CHECK(read_file(work / "a-name-that-takes-some-room-7") == "7");
    fs::remove(folder.path() / "kept");  // no copy needed now: it fails at the manifest
    CHECK_THROWS_AS(store.add_output(work), Error);
    CHECK(list_names(work).size() == 40);
    CHECK(list_names(folder.path() / "scratch").empty());
    for (const auto& shard : list_names(folder.path() / "objects"))
      CHECK(list_names(folder.path() / "objects" / shard).empty());
    fs::remove(folder.path() / "filler");
    CHECK(store.check(store.add_output(work).id) == ObjectState::intact);
  }
  ::umount(folder.path().c_str());
}

TEST_CASE("a manifest that names what no object holds is none, even with a right hash") {
  const auto bytes_with = [](FileKind kind) {
    ObjectManifest manifest;
    manifest.entries.push_back({.entry = {.path = "a", .kind = kind}, .look = {.kind = kind}});
    return encode_object_manifest(manifest);
  };
  CHECK(decode_object_manifest(bytes_with(FileKind::link)));
  CHECK_FALSE(decode_object_manifest(bytes_with(FileKind::other)));
  CHECK_FALSE(decode_object_manifest(bytes_with(static_cast<FileKind>(200))));
}

}  // namespace mlpipe
