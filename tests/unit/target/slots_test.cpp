// Two Slots objects have locks of their own, as two drivers have.
#include "target/slots.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "base/error.h"
#include "base/file.h"
#include "support/catch.h"

namespace mlpipe {

namespace {

using Gpus = std::vector<unsigned>;

constexpr auto gib = std::uint64_t{1} << 30U;

SlotCapacity four_cpus() { return {.steps = {}, .cpus = 4, .memory_bytes = gib, .gpus = {}}; }

}  // namespace

TEST_CASE("cpus are shared by all drivers and come back when they are released") {
  const TemporaryFolder folder;
  Slots one(folder.path(), four_cpus());
  Slots two(folder.path(), four_cpus());
  const auto first = one.try_take({.target = "local", .cpus = 3});
  REQUIRE(first);
  CHECK_FALSE(first->clamped);
  CHECK_FALSE(one.try_take({.target = "local", .cpus = 2}));
  CHECK_FALSE(two.try_take({.target = "local", .cpus = 2}));
  const auto second = two.try_take({.target = "local", .cpus = 1});
  REQUIRE(second);
  CHECK_FALSE(one.try_take({.target = "local"}));
  one.release(*first);
  CHECK(two.try_take({.target = "local", .cpus = 3}));
  CHECK_FALSE(one.try_take({.target = "local"}));
}

TEST_CASE("what of a request others have is told, and nothing that is free") {
  const TemporaryFolder folder;
  const SlotCapacity capacity{
      .steps = {{"box", 2}}, .cpus = 4, .memory_bytes = 4 * gib, .gpus = {2, 5}};
  Slots one(folder.path(), capacity);
  Slots two(folder.path(), capacity);
  const SlotRequest wish{.target = "box", .cpus = 3, .memory_bytes = 3 * gib, .gpus = 2};
  CHECK(two.lacking(wish).empty());
  const auto gpu = one.try_take({.target = "other", .cpus = 0, .gpus = 1});
  REQUIRE(gpu);
  CHECK(two.lacking(wish) == "2 GPUs");
  CHECK(one.lacking(wish) == "2 GPUs");  // its own is taken, too
  CHECK(two.lacking({.target = "box", .gpus = 1}).empty());
  one.release(*gpu);
  const auto memory = one.try_take({.target = "box", .cpus = 0, .memory_bytes = 2 * gib});
  const auto cpus = one.try_take({.target = "box", .cpus = 2});
  REQUIRE((memory && cpus));
  CHECK(two.lacking(wish) == "a free place (`max_concurrent_steps: 2`)");
  one.release(*cpus);
  CHECK(two.lacking(wish) == "3.2 GB of memory");
  one.release(*memory);
  REQUIRE(one.try_take({.target = "other", .cpus = 2}));
  CHECK(two.lacking(wish) == "3 cpus");
  CHECK(two.lacking({.target = "box", .cpus = 9}) == "4 cpus");
}

TEST_CASE("slots come back with the end of the driver that held them") {
  const TemporaryFolder folder;
  Slots one(folder.path(), four_cpus());
  {
    Slots two(folder.path(), four_cpus());
    REQUIRE(two.try_take({.target = "local", .cpus = 4}));
    REQUIRE_FALSE(one.try_take({.target = "local"}));
  }
  CHECK(one.try_take({.target = "local", .cpus = 4}));
}

TEST_CASE("all or nothing: a request that cannot be met holds nothing") {
  const TemporaryFolder folder;
  const SlotCapacity capacity{
      .steps = {{"box", 2}}, .cpus = 4, .memory_bytes = 4 * gib, .gpus = {0, 1}};
  Slots one(folder.path(), capacity);
  Slots two(folder.path(), capacity);
  SlotRequest lacking{.target = "box", .cpus = 2, .memory_bytes = gib, .gpus = 1};
  std::optional<SlotLease> other;
  SECTION("a cpu") { other = two.try_take({.target = "x", .cpus = 3}); }
  SECTION("memory") { other = two.try_take({.target = "x", .cpus = 0, .memory_bytes = 4 * gib}); }
  SECTION("a device") { other = two.try_take({.target = "x", .cpus = 0, .gpus = 2}); }
  REQUIRE(other);
  CHECK_FALSE(one.try_take(lacking));
  two.release(*other);
  // All of it is there for the other driver, so the failed try kept nothing.
  for (int i = 0; i < 2; ++i)
    CHECK(two.try_take({.target = "box", .cpus = 2, .memory_bytes = 2 * gib, .gpus = 1}));
  CHECK_FALSE(one.try_take({.target = "box", .cpus = 0}));
}

TEST_CASE("the number of steps is limited for each target by itself") {
  const TemporaryFolder folder;
  const SlotCapacity capacity{.steps = {{"a/b", 1}, {"c", 2}}, .cpus = 8};
  Slots one(folder.path(), capacity);
  Slots two(folder.path(), capacity);
  const auto lease = one.try_take({.target = "a/b"});
  REQUIRE(lease);
  CHECK_FALSE(two.try_take({.target = "a/b"}));
  CHECK_FALSE(one.try_take({.target = "a/b"}));
  CHECK(two.try_take({.target = "c"}));
  CHECK(one.try_take({.target = "c"}));
  CHECK_FALSE(one.try_take({.target = "c"}));
  CHECK(one.try_take({.target = "unlimited"}));
  one.release(*lease);
  CHECK(two.try_take({.target = "a/b"}));
}

TEST_CASE("memory is counted in units, rounded up") {
  const TemporaryFolder folder;
  Slots slots(folder.path(), four_cpus());
  CHECK(slots.try_take({.target = "x", .cpus = 0, .memory_bytes = 1})->memory_units.size() == 1);
  CHECK(slots.try_take({.target = "x", .cpus = 0, .memory_bytes = Slots::memory_unit + 1}));
  CHECK_FALSE(slots.try_take({.target = "x", .cpus = 0, .memory_bytes = gib / 2}));
  CHECK(slots.try_take({.target = "x", .cpus = 0, .memory_bytes = gib / 4}));
}

TEST_CASE("a driver gets GPU devices that no other has") {
  const TemporaryFolder folder;
  const SlotCapacity capacity{.cpus = 8, .gpus = {5, 2, 7}};
  Slots one(folder.path(), capacity);
  Slots two(folder.path(), {.cpus = 8, .gpus = {2, 7}});
  const auto first = one.try_take({.target = "x", .gpus = 1});
  const auto second = two.try_take({.target = "x", .gpus = 1});
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->gpus == Gpus{2});
  CHECK(second->gpus == Gpus{7});
  CHECK_FALSE(two.try_take({.target = "x", .gpus = 1}));
  CHECK(one.try_take({.target = "x", .gpus = 1})->gpus == Gpus{5});
}

TEST_CASE("a request beyond the capacity gets all there is, and says so") {
  const TemporaryFolder folder;
  Slots slots(folder.path(), four_cpus());
  const auto lease =
      slots.try_take({.target = "x", .cpus = 99, .memory_bytes = 100 * gib, .gpus = 1});
  REQUIRE(lease);
  CHECK(lease->clamped);
  CHECK(lease->cpus.size() == 4);
  CHECK(lease->memory_units.size() == 4);
  CHECK(lease->gpus.empty());
}

TEST_CASE("memory that has no capacity is not counted") {
  const TemporaryFolder folder;
  Slots slots(folder.path(), {.cpus = 1});
  const auto lease = slots.try_take({.target = "x", .memory_bytes = 100 * gib});
  REQUIRE(lease);
  CHECK_FALSE(lease->clamped);
}

TEST_CASE("what is released twice is given back once") {
  const TemporaryFolder folder;
  Slots slots(folder.path(), four_cpus());
  const auto lease = slots.try_take({.target = "x", .cpus = 2});
  slots.release(*lease);
  slots.release(*lease);
  CHECK(slots.try_take({.target = "x", .cpus = 4}));
  CHECK_FALSE(slots.try_take({.target = "x", .cpus = 1}));
}

TEST_CASE("GPUs are limited to the caller's own") {
  const Gpus configured{3, 0, 1, 0};
  CHECK(usable_gpus(configured, std::nullopt) == Gpus{0, 1, 3});
  CHECK(usable_gpus(configured, "1, 3,7") == Gpus{1, 3});
  CHECK(usable_gpus(configured, "").empty());
  CHECK(usable_gpus(configured, "-1").empty());
  CHECK(usable_gpus(configured, "1,-1,3") == Gpus{1});
  CHECK(usable_gpus(configured, "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6").empty());
  CHECK(usable_gpus({}, "0").empty());
}

TEST_CASE("the slots' folder is private") {
  const TemporaryFolder parent;
  const auto folder = parent.path() / "slots";
  const auto mode = [&] {
    struct stat look {};
    REQUIRE(::stat(folder.c_str(), &look) == 0);
    return look.st_mode & 0777U;
  };
  make_private_folder(folder);
  CHECK(mode() == 0700);
  make_private_folder(folder);
  SECTION("others may not write to it") {
    ::chmod(folder.c_str(), 0770);
    CHECK_THROWS_AS(make_private_folder(folder), Error);
  }
  SECTION("it is no link, which could lead anywhere") {
    std::filesystem::create_directory_symlink(folder, parent.path() / "link");
    CHECK_THROWS_AS(make_private_folder(parent.path() / "link"), Error);
  }
  SECTION("it is no file") {
    write_file_atomically(parent.path() / "file", "");
    CHECK_THROWS_AS(make_private_folder(parent.path() / "file"), Error);
  }
  if (::geteuid() == 0) {
    SECTION("it is nobody else's") {
      REQUIRE(::chown(folder.c_str(), 12345, 12345) == 0);
      CHECK_THROWS_AS(make_private_folder(folder), Error);
    }
  }
}

TEST_CASE("the slots' folder can be chosen by the environment") {
  const TemporaryFolder parent;
  const auto chosen = parent.path() / "a" / "slots";
  ::setenv("MLPIPE_SLOT_DIRECTORY", chosen.c_str(), 1);
  CHECK(slot_directory() == chosen);
  CHECK(std::filesystem::is_directory(chosen));
  ::unsetenv("MLPIPE_SLOT_DIRECTORY");
  CHECK(slot_directory().filename() == "mlpipe-" + std::to_string(::geteuid()));
}

}  // namespace mlpipe
