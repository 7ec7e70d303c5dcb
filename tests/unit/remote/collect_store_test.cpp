#include "remote/collect_store.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/file.h"
#include "support/catch.h"

namespace mlpipe {

namespace {

/// A far side's folder with some objects.
struct FarSide {
  TemporaryFolder folder;
  std::filesystem::path root = folder.path() / "root";
  StoreUsers users;
  ObjectStore store;
  JobTurns turns;

  FarSide()
      : users((make_folders(root / "jobs"), make_folders(root / "work" / "scratch"),
               root / "store.lock")),
        store(root / "objects", root / "work" / "scratch", users.join()),
        turns(root / "jobs.lock") {}

  Hash add(const std::string& content) {
    const auto file = folder.path() / content;
    write_file_atomically(file, content);
    return store.add_output(file).id;
  }
  void age(const Hash& id) const {
    const timespec long_ago{::time(nullptr) - 8 * 24 * 3600, 0};
    const timespec times[2] = {long_ago, long_ago};  // NOLINT(*-c-arrays)
    REQUIRE(::utimensat(AT_FDCWD, store.content_folder(id).parent_path().c_str(), times, 0) == 0);
  }
  std::vector<Hash> collect(CollectObjects asked) {
    return collect_store(root, store, users, turns, asked).gone;
  }
};

}  // namespace

TEST_CASE("what its driver drops goes, what it keeps or what is new to it stays") {
  FarSide there;
  const auto kept = there.add("kept");
  const auto dropped = there.add("dropped");
  const auto unknown = there.add("unknown");
  CHECK(there.collect({.keep = {kept}, .drop = {dropped}, .only_look = true}) ==
        std::vector{dropped});
  CHECK(there.store.check(dropped) == ObjectState::intact);
  there.age(kept);
  CHECK(there.collect({.keep = {kept}, .drop = {dropped}}) == std::vector{dropped});
  CHECK(there.store.check(kept) == ObjectState::intact);
  CHECK(there.store.check(dropped) == ObjectState::missing);
  CHECK(there.store.check(unknown) == ObjectState::intact);
}

TEST_CASE("what nobody knows goes a week after its last use") {
  FarSide there;
  const auto unknown = there.add("unknown");
  there.age(unknown);
  CHECK(there.collect({}) == std::vector{unknown});
}

TEST_CASE("what a job's directory is made of stays as long as that is there") {
  FarSide there;
  const auto needed = there.add("needed");
  const JobFolder job{there.root, "abc"};
  make_folders(job.work().root);
  note_needed(job, {needed});
  CHECK(there.collect({.drop = {needed}}).empty());
  CHECK(there.store.check(needed) == ObjectState::intact);
  remove_tree(job.work().root);
  CHECK(there.collect({.drop = {needed}}) == std::vector{needed});
}

TEST_CASE("what a job left stays for a week if its work is kept, else for an hour") {
  FarSide there;
  const auto work = hash_bytes("work");
  const JobFolder job{there.root, work.hex()};
  const auto left_ago = [&](std::int64_t seconds) {
    make_folders(job.path());
    make_folders(job.work().root);
    const timespec then{::time(nullptr) - seconds, 0};
    const timespec times[2] = {then, then};  // NOLINT(*-c-arrays)
    for (const auto& folder : {job.path(), job.work().root})
      REQUIRE(::utimensat(AT_FDCWD, folder.c_str(), times, 0) == 0);
  };
  const auto gone_and_kept = [&](CollectObjects asked) {
    const auto answer = collect_store(there.root, there.store, there.users, there.turns, asked);
    CHECK((answer.kept_directories == 0) == (answer.kept_directory_bytes == 0));
    return std::pair(answer.directories, answer.kept_directories);
  };
  constexpr std::int64_t hour = 3600;
  left_ago(0);
  CHECK(gone_and_kept({}) == std::pair<std::uint64_t, std::uint64_t>(0, 1));
  left_ago(2 * hour);
  CHECK(gone_and_kept({.keep_work = {work}}) == std::pair<std::uint64_t, std::uint64_t>(0, 1));
  CHECK(gone_and_kept({.only_look = true}) == std::pair<std::uint64_t, std::uint64_t>(1, 0));
  CHECK(stat_link(job.work().root));
  CHECK(gone_and_kept({}) == std::pair<std::uint64_t, std::uint64_t>(1, 0));
  CHECK_FALSE(stat_link(job.work().root));
  left_ago(8 * 24 * hour);
  CHECK(gone_and_kept({.keep_work = {work}}) == std::pair<std::uint64_t, std::uint64_t>(1, 0));
}

TEST_CASE("what another helper may be about to use stays") {
  FarSide there;
  StoreUsers other(there.root / "store.lock");
  (void)other.join();
  const auto used = there.add("used");
  CHECK(there.collect({.drop = {used}}).empty());
  CHECK(there.store.check(used) == ObjectState::intact);
}

}  // namespace mlpipe
