#include "store/stat_cache.h"

#include <chrono>

#include "support/catch.h"
#include "unit/store/store_testing.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t second = 1'000'000'000;

FileStat some_look() {
  FileStat look;
  look.kind = FileKind::file;
  look.dev = 7;
  look.ino = 8;
  look.size = 9;
  look.mtime_ns = 1000 * second;
  look.ctime_ns = 1001 * second;
  return look;
}

const Hash some_hash = hash_bytes("some");

}  // namespace

TEST_CASE("a remembered hash holds only if all five values are equal") {
  const TemporaryFolder folder;
  StatCache cache(folder.path() / "c");
  const FileStat look = some_look();
  cache.remember("/a", look, some_hash, 2000 * second);
  CHECK(cache.find("/a", look) == some_hash);
  CHECK_FALSE(cache.find("/b", look));
  FileStat other = look;
  SECTION("dev") { ++other.dev; }
  SECTION("ino") { ++other.ino; }
  SECTION("size") { ++other.size; }
  SECTION("older mtime") { --other.mtime_ns; }
  SECTION("newer mtime") { ++other.mtime_ns; }
  SECTION("older ctime") { --other.ctime_ns; }
  SECTION("newer ctime") { ++other.ctime_ns; }
  CHECK_FALSE(cache.find("/a", other));
}

TEST_CASE("what is younger than the margin, or from the future, is not remembered") {
  const TemporaryFolder folder;
  StatCache cache(folder.path() / "c");
  FileStat look = some_look();
  cache.remember("/a", look, some_hash, look.ctime_ns + 2 * second);
  CHECK_FALSE(cache.find("/a", look));
  cache.remember("/a", look, some_hash, look.ctime_ns + 2 * second + 1);
  CHECK(cache.find("/a", look));
  look.mtime_ns = 5000 * second;
  cache.remember("/b", look, some_hash, 3000 * second);
  CHECK_FALSE(cache.find("/b", look));
}

TEST_CASE("the cache survives on disk, and a damaged one is empty") {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "c";
  {
    StatCache cache(file);
    for (int i = 0; i < 1000; ++i)
      cache.remember("/" + std::to_string(i), some_look(), hash_bytes(std::to_string(i)),
                     2000 * second);
    cache.save();
  }
  {
    StatCache again(file);
    CHECK(again.size() == 1000);
    CHECK(again.find("/777", some_look()) == hash_bytes("777"));
  }
  std::string bytes = read_file(file);
  SECTION("one bit") { bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1); }
  SECTION("cut short") { bytes.resize(bytes.size() - 1); }
  SECTION("empty") { bytes.clear(); }
  SECTION("another file") { bytes = "hello"; }
  SECTION("another version") { bytes[13] = '9'; }
  put_file(file, bytes);
  CHECK(StatCache(file).size() == 0);
}

TEST_CASE("a cache that cannot be written is no error") {
  StatCache cache("/nowhere/at/all");
  cache.remember("/a", some_look(), some_hash, 2000 * second);
  cache.save();
  CHECK(cache.find("/a", some_look()));
}

TEST_CASE("a rewrite of equal size with its mtime put back is seen") {
  Playground play;
  const fs::path file = play / "f";
  put_file(file, "one");
  const FileStat look = *stat_file(file);
  // As if hashed long after it was written.
  play.cache.remember(file, look, hash_bytes("one"), look.ctime_ns + 100 * second);
  CHECK(play.hash(file).hash == hash_bytes("one"));
  const Fd fd = open_file(file, O_WRONLY);  // in place: the same inode
  write_all(fd.get(), "two", file);
  set_mtime(file, look.mtime_ns);
  CHECK(stat_file(file)->mtime_ns == look.mtime_ns);
  CHECK(play.hash(file).hash == hash_bytes("two"));
}

TEST_CASE("a remembered hash is used, so the file is not read again") {
  Playground play;
  const fs::path file = play / "t/f";
  put_file(file, "one");
  const FileStat look = *stat_file(file);
  play.cache.remember(file, look, hash_bytes("a lie"), look.ctime_ns + 100 * second);
  CHECK(play.hash(file).hash == hash_bytes("a lie"));
  CHECK(play.hash(play / "t").entries.at(0).hash == hash_bytes("a lie"));
}

TEST_CASE("a file just written is hashed, but not remembered") {
  Playground play;
  put_file(play / "f", "one");
  CHECK(play.hash(play / "f").hash == hash_bytes("one"));
  CHECK(play.cache.size() == 0);
}

TEST_CASE("the filesystem's time comes from itself, another's with a margin") {
  const TemporaryFolder folder;
  const FileStat look = *stat_file(folder.path());
  const std::int64_t here = filesystem_now(folder.path(), look.dev);
  CHECK(here >= look.ctime_ns);
  CHECK(here < look.ctime_ns + 60 * second);
  const std::int64_t elsewhere = filesystem_now(folder.path(), look.dev + 1);
  CHECK(elsewhere < here - 9 * second);
  CHECK(list_names(folder.path()).empty());
}

TEST_CASE("the cache works from many threads") {
  const TemporaryFolder folder;
  StatCache cache(folder.path() / "c");
  WorkerPool pool(4);
  pool.for_each(2000, [&](std::size_t i) {
    const std::string path = "/" + std::to_string(i % 500);
    cache.remember(path, some_look(), hash_bytes(path), 2000 * second);
    if (cache.find(path, some_look()) != hash_bytes(path)) throw std::runtime_error(path);
    if (i % 500 == 0) cache.save();
  });
  CHECK(cache.size() == 500);
}

}  // namespace mlpipe
