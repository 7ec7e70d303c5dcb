// Which files are in the store, whatever object they lie in.
#include "store/stored_files.h"

#include "support/catch.h"
#include "unit/store/store_testing.h"

namespace mlpipe {
namespace {

TreeEntry file_entry(std::string_view bytes) {
  return {.path = "asked",
          .kind = FileKind::file,
          .executable = false,
          .size = bytes.size(),
          .hash = hash_bytes(bytes),
          .link = {}};
}

/// What lies where a file of these bytes is said to be; nothing if it is nowhere.
std::optional<std::string> found(StoreWorld& space, std::string_view bytes) {
  const auto paths = space.store.find_files({file_entry(bytes)});
  REQUIRE(paths.size() == 1);
  if (paths[0].empty()) return std::nullopt;
  return stat_link(paths[0]) ? read_file(paths[0]) : "gone";
}

void remove(StoreWorld& space, const StoredObject& object) {
  REQUIRE(space.store.put_away(object.id));
  space.store.remove_put_away(object.id);
}

}  // namespace

TEST_CASE("a file is found by its bytes, in whatever object and under whatever name") {
  StoreWorld space;
  put_file(space / "work/d/deep/one", "first");
  put_file(space / "work/d/two", "second");
  put_file(space / "work/d/empty", "");
  put_link(space / "work/d/link", "two");
  (void)space.store.add_output(space / "work/d");
  (void)space.add_file("three", "third");
  auto folder = file_entry("first");
  folder.kind = FileKind::folder;
  const auto paths = space.store.find_files(
      {file_entry("third"), file_entry("none"), folder, file_entry(""), file_entry("first")});
  REQUIRE(paths.size() == 5);
  CHECK(read_file(paths[0]) == "third");
  CHECK(paths[1].empty());
  CHECK(paths[2].empty());
  CHECK(paths[3].empty());
  CHECK(read_file(paths[4]) == "first");
  CHECK_FALSE(found(space, "two"));  // the text of a link
}

TEST_CASE("files are known of objects that came since, and not of those that have gone") {
  StoreWorld space;
  CHECK_FALSE(found(space, "bytes"));
  const auto one = space.add_file("one", "bytes");
  CHECK(found(space, "bytes") == "bytes");
  const auto other = space.add_file("other", "bytes");
  CHECK(found(space, "bytes") == "bytes");
  remove(space, one);
  CHECK(found(space, "bytes") == "bytes");
  remove(space, other);
  CHECK_FALSE(found(space, "bytes"));
  (void)space.add_file("one", "bytes");
  CHECK(found(space, "bytes") == "bytes");
}

TEST_CASE("the object that was used last is the one whose files are taken") {
  StoreWorld space;
  const auto old = space.add_file("old", "bytes");
  const auto young = space.add_file("young", "bytes");
  const auto folder_of = [&](const StoredObject& object) {
    return space.store.content_folder(object.id).parent_path();
  };
  set_mtime(folder_of(old), 1'000'000'000);
  set_mtime(folder_of(young), 2'000'000'000);
  CHECK(space.store.find_files({file_entry("bytes")})[0] == file_of(space, young));
}

TEST_CASE("an object whose manifest is damaged or gone is none to take files from") {
  StoreWorld space;
  const auto object = space.add_file("one", "bytes");
  const auto manifest = space.store.content_folder(object.id).parent_path() / "entries";
  const auto whole = read_file(manifest);
  SECTION("before it was read") {
    damage(manifest, whole.substr(0, whole.size() / 2));
    CHECK_FALSE(found(space, "bytes"));
  }
  SECTION("afterwards") {
    CHECK(found(space, "bytes") == "bytes");
    std::filesystem::remove(manifest);
    CHECK_FALSE(found(space, "bytes"));
  }
}

}  // namespace mlpipe
