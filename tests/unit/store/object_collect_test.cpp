#include <algorithm>

#include "base/clock.h"
#include "store/store_users.h"
#include "support/catch.h"
#include "unit/store/store_testing.h"

namespace mlpipe {
namespace {

std::filesystem::path folder_of(const StoreWorld& space, const StoredObject& object) {
  return space.store.content_folder(object.id).parent_path();
}

std::int64_t use_of(const StoreWorld& space, const StoredObject& object) {
  return stat_link(folder_of(space, object))->mtime_ns;
}

}  // namespace

TEST_CASE("an object that is put away is missing, and whole again when it is put back") {
  StoreWorld space;
  const auto object = space.add_file("a", "text");
  REQUIRE(space.store.put_away(object.id));
  CHECK_FALSE(space.store.put_away(object.id));
  CHECK(space.store.check(object.id) == ObjectState::missing);
  CHECK(space.store.put_away_objects() == std::vector{object.id});
  space.store.put_back(object.id);
  CHECK(space.store.put_away_objects().empty());
  CHECK(space.store.check(object.id) == ObjectState::intact);
  CHECK(space.store.is_present(object.id, object.stat));
  space.store.put_back(object.id);  // it is not there: nothing to do
}

TEST_CASE("what was put away gives way to the same object that came meanwhile") {
  StoreWorld space;
  const auto object = space.add_file("a", "text");
  REQUIRE(space.store.put_away(object.id));
  const auto again = space.add_file("a", "text");
  REQUIRE(again.id == object.id);
  space.store.put_back(object.id);
  CHECK(space.store.put_away_objects().empty());
  CHECK(space.store.is_present(again.id, again.stat));
}

TEST_CASE("what is removed is gone, also with read-only folders") {
  StoreWorld space;
  put_file(space / "work/d/e/f", "1");
  const auto object = space.store.add_output(space / "work/d");
  REQUIRE(space.store.put_away(object.id));
  space.store.remove_put_away(object.id);
  CHECK(list_names(space.store.trash()).empty());
  CHECK(space.visible().empty());
}

TEST_CASE(
    "adding and checking an object dates its use, never back and never before the beginning") {
  StoreWorld space;
  const auto object = space.add_file("a", "text");
  const std::int64_t long_ago = 1'000'000'000;
  const auto make_old = [&] { set_mtime(folder_of(space, object), long_ago); };
  make_old();
  REQUIRE(space.store.check(object.id) == ObjectState::intact);
  CHECK(use_of(space, object) > long_ago);
  make_old();
  (void)space.add_file("a", "text");
  CHECK(use_of(space, object) > long_ago);
  CHECK(space.store.is_present(object.id, object.stat));  // its content's stat is as it was

  const std::int64_t later = (to_micros(now()) + 3'600'000'000) * 1000;
  ObjectStore one_ahead(space / "objects", space / "scratch", later);
  REQUIRE(one_ahead.check(object.id) == ObjectState::intact);
  CHECK(use_of(space, object) == later);
  REQUIRE(space.store.check(object.id) == ObjectState::intact);
  CHECK(use_of(space, object) == later);
}

TEST_CASE("a source that is stored already is dated too") {
  StoreWorld space;
  put_file(space / "src/a.py", "1");
  set_mtime(space / "src/a.py", 1'000'000'000);
  const auto first = space.add_source(space / "src");
  set_mtime(folder_of(space, first), 1'000'000'000);
  CHECK(space.add_source(space / "src").id == first.id);
  CHECK(use_of(space, first) > 1'000'000'000);
}

TEST_CASE("sizes are those of the disk, for every object") {
  StoreWorld space;
  const auto small = space.add_file("a", "text");
  const auto big = space.add_file("b", std::string(1'000'000, 'x'));
  put_file(space / "objects/no object", "1");
  WorkerPool pool{2};
  const auto sizes = space.store.sizes(pool);
  REQUIRE(sizes.size() == 2);
  const auto of = [&](const Hash& id) {
    return std::find_if(sizes.begin(), sizes.end(), [&](const auto& one) { return one.id == id; })
        ->disk_bytes;
  };
  CHECK(of(big.id) >= 1'000'000);
  CHECK(of(small.id) < 100'000);
}

TEST_CASE("who uses the store is seen by others, the earliest of them, while it lives") {
  TemporaryFolder folder;
  const auto file = folder.path() / "store.lock";
  const auto earliest = [&] { return StoreUsers(file, LockFile::OnlyLook{}).earliest_ns(); };
  CHECK_FALSE(earliest());
  StoreUsers first(file);
  CHECK_FALSE(earliest());
  const auto began = first.join();
  {
    StoreUsers second(file);
    CHECK(second.join() > began);
    CHECK(earliest() == began);
    CHECK(second.earliest_ns() == began);
    CHECK(first.earliest_ns() > began);
  }
  CHECK(earliest() == began);
  CHECK_FALSE(first.earliest_ns());
}

}  // namespace mlpipe
