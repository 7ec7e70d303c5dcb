// What a close look at objects finds. Kinds of damage one by one: object_damage_test.cpp and
// tests/e2e/verify_store_test.sh.
#include <sys/resource.h>

#include "store/object_manifest.h"
#include "support/catch.h"
#include "unit/store/store_testing.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#else
constexpr bool sanitized = false;
#endif

/// Bytes that changed without a trace in any stat: what a bad disk does. The manifest is made to
/// say that all looks as it was.
void damage_unseen(const StoreWorld& space, const StoredObject& object, std::string_view text) {
  const fs::path content = space.store.content_folder(object.id);
  const fs::path entries = content.parent_path() / "entries";
  auto manifest = decode_object_manifest(read_file(entries)).value();
  damage(content / object.file_name, text);
  manifest.entries.at(0).look = stat_link(content / object.file_name).value();
  write_file_atomically(entries, encode_object_manifest(manifest));
}

}  // namespace

TEST_CASE("bytes that changed without a trace are found by reading them") {
  StoreWorld space;
  const StoredObject object = space.add_file("f", "good");
  damage_unseen(space, object, "evil");
  CHECK(space.store.inspect(object.id, Closeness::stats, space.pool).state == ObjectState::intact);
  const auto found = space.store.inspect(object.id, Closeness::bytes, space.pool);
  CHECK(found.state == ObjectState::damaged);
  CHECK(found.damage == Lines{"'f' has other bytes, as many as before"});
  CHECK(stat_link(found.quarantine));
  CHECK(space.store.inspect(object.id, Closeness::bytes, space.pool).state == ObjectState::missing);
}

TEST_CASE("an object under another one's name is found, by the cheap check too") {
  StoreWorld space;
  const StoredObject one = space.add_file("f", "one");
  const StoredObject two = space.add_file("f", "two");
  const fs::path first = space.store.content_folder(one.id).parent_path();
  const fs::path second = space.store.content_folder(two.id).parent_path();
  rename_path(first, space / "aside");
  rename_path(second, first);
  rename_path(space / "aside", second);
  SECTION("a check before use") { CHECK(space.store.check(one.id) == ObjectState::damaged); }
  SECTION("an inspection") {
    const auto found = space.store.inspect(one.id, Closeness::stats, space.pool);
    CHECK(found.state == ObjectState::damaged);
    CHECK(found.damage == Lines{"it is another object under this name"});
  }
}

TEST_CASE("a process that can open no more files takes nothing for damaged") {
  if (sanitized) {
    WARN("skipped: sanitizers open files themselves, and take it for a fault if they cannot");
    return;
  }
  StoreWorld space;
  put_file(space / "work/out/d/a", "good");
  const StoredObject object = space.store.add_output(space / "work/out");
  fs::remove(space.store.content_folder(object.id).parent_path() / "entries");
  struct rlimit before {};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const struct rlimit none { .rlim_cur = 0, .rlim_max = before.rlim_max };
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  bool inspected = false;
  bool checked = false;
  try {
    (void)space.store.inspect(object.id, Closeness::stats, space.pool);
    inspected = true;
  } catch (const Error&) {  // the point
  }
  try {
    (void)space.store.check(object.id);
    checked = true;
  } catch (const Error&) {  // the point
  }
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK_FALSE(inspected);
  CHECK_FALSE(checked);
  CHECK(space.store.check(object.id) == ObjectState::intact);
}

TEST_CASE("a listing has objects and tells what is none") {
  StoreWorld space;
  const StoredObject object = space.add_file("f", "x");
  const std::string hex = object.id.hex();
  const std::string other = hex.substr(0, 2) == "00" ? "01" : "00";
  make_folders(space / ("objects/" + other + "/" + hex));  // in the wrong shard
  make_folders(space / "objects/nothex");
  put_file(space / "objects/file", "");
  const auto listing = space.store.list();
  CHECK(listing.objects == std::vector<Hash>{object.id});
  CHECK(listing.strange.size() == 3);
}

TEST_CASE("what was touched is renewed once, also when every byte is read") {
  StoreWorld space;
  put_file(space / "work/out/d/a", "good");
  const StoredObject object = space.store.add_output(space / "work/out");
  set_mode(space.store.content_folder(object.id) / "d/a", 0644);
  CHECK(space.store.inspect(object.id, Closeness::bytes, space.pool).renewed);
  const auto again = space.store.inspect(object.id, Closeness::bytes, space.pool);
  CHECK(again.state == ObjectState::intact);
  CHECK_FALSE(again.renewed);
  CHECK(again.files == 1);
  CHECK(again.bytes == 4);
}

}  // namespace mlpipe
