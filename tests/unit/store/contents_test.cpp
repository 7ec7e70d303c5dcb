#include "store/contents.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <fstream>

#include "support/catch.h"
#include "unit/store/store_testing.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// Whether `work` throws an Error of this kind that names `path`.
template <class Work>
bool fails_naming(ErrorKind kind, const std::string& path, const Work& work) {
  try {
    (void)work();
  } catch (const Error& error) {
    UNSCOPED_INFO(error.what());
    return error.kind() == kind && std::string(error.what()).find(path) != std::string::npos;
  }
  return false;
}

}  // namespace

TEST_CASE("a file hashes as the stream of its bytes, whatever its name and size") {
  Playground play;
  std::string big(3'000'001, 'x');
  for (std::size_t i = 0; i < big.size(); i += 7) big[i] = static_cast<char>(i);
  for (const std::string& bytes : {std::string(), std::string("abc"), big}) {
    put_file(play / "f", bytes);
    const Contents contents = play.hash(play / "f");
    CHECK(contents.kind == FileKind::file);
    CHECK(contents.hash == hash_bytes(bytes));
    CHECK(contents.bytes == bytes.size());
    CHECK(contents.entries.empty());
    CHECK(contents.looks.size() == 1);
  }
}

TEST_CASE("equal trees hash alike wherever they are") {
  Playground play;
  for (const char* place : {"one", "deep/er/two"}) {
    put_file(play / (std::string(place) + "/b/c"), "1");
    put_file(play / (std::string(place) + "/a"), "2");
    put_link(play / (std::string(place) + "/l"), play / (std::string(place) + "/b/c"));
  }
  const Contents one = play.hash(play / "one");
  CHECK(one.hash == play.hash(play / "deep/er/two").hash);
  CHECK(shape(one.entries) == Lines{"a", "b/", "b/c", "l -> b/c"});
  CHECK(one.bytes == 2);
  put_link(play / "link", "deep/er/two");  // at the top it is followed
  CHECK(one.hash == play.hash(play / "link").hash);
}

TEST_CASE("everything that counts in a tree changes its hash") {
  Playground play;
  const fs::path root = play / "t";
  put_file(root / "a", "12");
  put_file(root / "b", "3");
  make_folders(root / "empty");
  put_link(root / "l", "a");
  const Hash before = play.hash(root).hash;
  SECTION("a byte") { put_file(root / "a", "13"); }
  SECTION("a byte that moved to the next file") {
    put_file(root / "a", "1");
    put_file(root / "b", "23");
  }
  SECTION("a name") { fs::rename(root / "b", root / "b2"); }
  SECTION("the place of a file") { fs::rename(root / "b", root / "empty/b"); }
  SECTION("the x bit") { set_mode(root / "a", 0755); }
  SECTION("a new empty folder") { make_folders(root / "empty2"); }
  SECTION("an empty folder less") { fs::remove(root / "empty"); }
  SECTION("a folder in place of an empty file") {
    put_file(root / "empty2", "");
    const Hash with_file = play.hash(root).hash;
    fs::remove(root / "empty2");
    make_folders(root / "empty2");
    CHECK(play.hash(root).hash != with_file);
  }
  SECTION("the text of a link") {
    fs::remove(root / "l");
    put_link(root / "l", "b");
  }
  SECTION("a file instead of the link to it") {
    fs::remove(root / "l");
    put_file(root / "l", "12");
  }
  CHECK(play.hash(root).hash != before);
}

TEST_CASE("times and other permissions do not change a tree's hash") {
  Playground play;
  put_file(play / "t/a", "12");
  const Hash before = play.hash(play / "t").hash;
  set_mode(play / "t/a", 0640);
  set_mode(play / "t", 0700);
  set_mtime(play / "t/a", 1'000'000'000);
  CHECK(play.hash(play / "t").hash == before);
}

TEST_CASE("a tree's hash never changes from one version of mlpipe to the next") {
  Playground play;
  put_file(play / "t/d/f", "abc");
  set_mode(play / "t/d/f", 0755);
  put_link(play / "t/l", "d/f");
  CHECK(play.hash(play / "t").hash.hex() == "7a1d5652a0afbeb7a0cbaf22aa8afba0");
}

TEST_CASE("links count by their text inside a tree, and as what they point to outside") {
  Playground play;
  const fs::path root = play / "t";
  put_file(play / "outside/f", "out");
  put_file(play / "outside/d/g", "deep");
  put_link(play / "outside/d/h", "g");
  put_link(play / "outside/d/up", "../f");
  put_file(root / "sub/x", "in");
  put_link(root / "folder", "sub");
  put_link(root / "sub/up", "../sub/x");
  put_link(root / "absolute", root / "sub/x");
  put_link(root / "around", "../t/sub");
  put_link(root / "file", play / "outside/f");
  put_link(root / "tree", "../outside/d");
  const Contents contents = play.hash(root);
  CHECK(shape(contents.entries) == Lines{"absolute -> sub/x", "around -> sub", "file",
                                         "folder -> sub", "sub/", "sub/up -> ../sub/x", "sub/x",
                                         "tree/", "tree/g", "tree/h -> g", "tree/up"});
  CHECK(contents.bytes == 3 + 2 + 4 + 3);
  SECTION("so a change outside is seen") {
    put_file(play / "outside/d/g", "DEEP!");
    CHECK(play.hash(root).hash != contents.hash);
    CHECK(first_moved(contents) == root / "tree/g");
  }
  SECTION("and a link that leads elsewhere now, too") {
    put_file(play / "outside/f2", "out");
    fs::remove(root / "file");
    put_link(root / "file", play / "outside/f2");
    CHECK(play.hash(root).hash == contents.hash);
    CHECK(first_moved(contents));
  }
}

TEST_CASE("bad links and special files are refused by name") {
  Playground play;
  const fs::path root = play / "t";
  put_file(root / "d/a", "");
  const auto hash = [&] { return play.hash(root); };
  SECTION("dangling") {
    put_link(root / "bad", "nowhere");
    CHECK(fails_naming(ErrorKind::invalid_file, "t/bad", hash));
  }
  SECTION("circular") {
    put_link(root / "bad", "worse");
    put_link(root / "worse", "bad");
    CHECK(fails_naming(ErrorKind::invalid_file, "t/bad", hash));
  }
  SECTION("circular by way of a folder around the tree") {
    put_link(root / "d/bad", play.folder.path());
    CHECK(fails_naming(ErrorKind::invalid_file, "t/d/bad", hash));
  }
  SECTION("the top itself") {
    put_link(play / "bad", "nowhere");
    CHECK(fails_naming(ErrorKind::invalid_file, "bad", [&] { return play.hash(play / "bad"); }));
    CHECK(fails_naming(ErrorKind::not_found, "none", [&] { return play.hash(play / "none"); }));
  }
  SECTION("FIFO") {
    REQUIRE(::mkfifo((root / "bad").c_str(), 0600) == 0);
    CHECK(fails_naming(ErrorKind::invalid_file, "t/bad", hash));
    CHECK(fails_naming(ErrorKind::invalid_file, "t/bad", [&] { return play.hash(root / "bad"); }));
  }
  SECTION("link to a device") {
    put_link(root / "bad", "/dev/null");
    CHECK(fails_naming(ErrorKind::invalid_file, "t/bad", hash));
  }
}

TEST_CASE("a link to what the ignore rules leave out counts as what it points to") {
  Playground play;
  put_file(play / "src/.gitignore", "data/\n.gitignore\n");
  put_file(play / "src/data/x", "1");
  put_link(play / "src/x", "data/x");
  CHECK(play.source_shape(play / "src") == Lines{"x"});
  const Hash before = play.source(play / "src").hash;
  put_file(play / "src/data/x", "2");
  CHECK(play.source(play / "src").hash != before);
}

TEST_CASE("names of any bytes are kept apart") {
  Playground play;
  const fs::path root = play / "t";
  const std::string longest(255, 'n');
  const Lines names = {"\x01", "\n", " ", "\"'", "-rf", longest, "\xc3\xbc", "\xff\xfe"};
  for (const auto& name : names) put_file(root / name / name, name);
  const Contents contents = play.hash(root);
  REQUIRE(contents.entries.size() == 2 * names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    CHECK(contents.entries[2 * i].path == names[i]);
    CHECK(contents.entries[2 * i + 1].hash == hash_bytes(names[i]));
  }
}

TEST_CASE("entries come in the order of their names' bytes, parents first") {
  Playground play;
  for (const char* name : {"a/x", "a-b", "a.b", "a/y/z", "A", "b"})
    put_file(play.folder.path() / "t" / name, "");
  CHECK(shape(play.hash(play / "t").entries) ==
        Lines{"A", "a/", "a/x", "a/y/", "a/y/z", "a-b", "a.b", "b"});
}

TEST_CASE("whatever moves in a hashed tree is seen afterwards") {
  Playground play;
  const fs::path root = play / "t";
  put_file(root / "d/a", "A");
  put_file(root / "b", "B");
  const Contents contents = play.hash(root);
  CHECK_FALSE(first_moved(contents));
  SECTION("A, B, A again") {
    const auto mtime = stat_link(root / "d/a")->mtime_ns;
    put_file(root / "d/a", "B");
    put_file(root / "d/a", "A");
    set_mtime(root / "d/a", mtime);
    CHECK(first_moved(contents) == root / "d/a");
  }
  SECTION("a new name") {
    put_file(root / "d/new", "");
    CHECK(first_moved(contents) == root / "d");
  }
  SECTION("a file less") {
    fs::remove(root / "b");
    CHECK(first_moved(contents));
  }
  SECTION("the x bit") {
    set_mode(root / "b", 0755);
    CHECK(first_moved(contents) == root / "b");
  }
}

TEST_CASE("an empty source is an empty tree, and a file is no source") {
  Playground play;
  make_folders(play / "empty");
  CHECK(play.source("").hash == play.hash(play / "empty").hash);
  put_file(play / "f", "");
  CHECK(fails_naming(ErrorKind::invalid_file, "f", [&] { return play.source(play / "f"); }));
}

TEST_CASE("many files in many folders hash alike on one thread and on several") {
  Playground play;
  for (int i = 0; i < 600; ++i)
    put_file(play.folder.path() / "t" / std::to_string(i % 20) / std::to_string(i),
             std::to_string(i * i));
  WorkerPool one(1);
  WorkerPool four(4);
  StatCache fresh(play / "other");
  CHECK(hash_contents(play / "t", play.cache, one).hash ==
        hash_contents(play / "t", fresh, four).hash);
}

}  // namespace mlpipe
