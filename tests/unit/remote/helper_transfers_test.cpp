// What a helper says when objects come that are there in part, and when some are fetched.
#include "remote/helper_transfers.h"

#include "base/error.h"
#include "store/tree_hash.h"
#include "support/catch.h"
#include "support/pipe.h"
#include "unit/store/store_testing.h"

namespace mlpipe {
namespace {

constexpr std::size_t large = 70'000;

std::string bytes_of(char letter) { return std::string(large, letter); }

ObjectHead head_of(const std::vector<std::pair<std::string, std::string>>& files) {
  ObjectHead head;
  for (const auto& [path, bytes] : files)
    head.entries.push_back({.path = path,
                            .kind = FileKind::file,
                            .executable = false,
                            .size = bytes.size(),
                            .hash = hash_bytes(bytes),
                            .link = {}});
  head.id = hash_tree(head.entries);
  return head;
}

/// A helper's store, and what goes to its driver.
struct Helped : StoreWorld {
  test::Pipe pipe;
  std::atomic<bool> driver_is_there = true;
  FrameChannel out{[this] {
    (void)::fcntl(pipe.in.get(), F_SETPIPE_SZ, 1 << 20);
    return std::move(pipe.in);
  }()};
  WorkerPool workers{2};
  HelperTransfers transfers{store, out, workers, folder.path() / "scratch", driver_is_there};

  std::vector<std::string> said() {
    out.close();
    return test::frames_of(pipe.out);
  }
  StoredObject add(const std::vector<std::pair<std::string, std::string>>& files) {
    for (const auto& [path, bytes] : files) put_file(*this / ("work/d/" + path), bytes);
    return store.add_output(*this / "work/d");
  }
};

std::vector<std::uint32_t> wanted_in(const std::vector<std::string>& frames) {
  REQUIRE(frames.size() == 1);
  return std::get<FilesWanted>(decode_helper_news(frames[0])).files;
}

}  // namespace

TEST_CASE("a helper wants the files that no object has", "[remote]") {
  Helped there;
  (void)there.add({{"old", bytes_of('a')}});
  const auto head = head_of({{"a", bytes_of('b')}, {"b", bytes_of('a')}, {"c", "small"}});
  CHECK_FALSE(there.transfers.receive({.request = {1}, .head = head, .asks = true}));
  CHECK_FALSE(there.transfers.take({.request = {1}, .bytes = bytes_of('b')}));
  CHECK(there.transfers.take({.request = {1}, .bytes = "small"}) == "");
  CHECK(there.store.check(head.id) == ObjectState::intact);
  CHECK(wanted_in(there.said()) == std::vector<std::uint32_t>{0, 2});
}

TEST_CASE("a helper that has all of an object answers at once", "[remote]") {
  Helped there;
  (void)there.add({{"old", bytes_of('a')}});
  const auto head = head_of({{"new", bytes_of('a')}});
  CHECK(there.transfers.receive({.request = {1}, .head = head, .asks = true}) == "");
  CHECK(there.store.check(head.id) == ObjectState::intact);
  CHECK(there.said().empty());
}

TEST_CASE("a helper asks for what it has if it is damaged", "[remote]") {
  Helped there;
  const auto old = there.add({{"old", bytes_of('a')}});
  damage(there.store.content_folder(old.id) / "old", bytes_of('x'));
  const auto head = head_of({{"new", bytes_of('a')}});
  CHECK_FALSE(there.transfers.receive({.request = {1}, .head = head, .asks = true}));
  CHECK(there.transfers.take({.request = {1}, .bytes = bytes_of('a')}) == "");
  CHECK(read_file(there.store.content_folder(head.id) / "new") == bytes_of('a'));
  CHECK(wanted_in(there.said()) == std::vector<std::uint32_t>{0});
}

TEST_CASE("an object that does not ask comes whole", "[remote]") {
  Helped there;
  (void)there.add({{"old", "bytes"}});
  const auto head = head_of({{"new", "bytes"}});
  CHECK_FALSE(there.transfers.receive({.request = {1}, .head = head}));
  CHECK(there.transfers.take({.request = {1}, .bytes = "bytes"}) == "");
  CHECK(there.store.check(head.id) == ObjectState::intact);
  CHECK(there.said().empty());
}

TEST_CASE("an object that nobody waits for is left", "[remote]") {
  Helped there;
  const auto head = head_of({{"new", bytes_of('a')}});
  SECTION("before it came") {
    there.transfers.drop({1});
    CHECK_FALSE(there.transfers.receive({.request = {1}, .head = head, .asks = true}));
  }
  SECTION("while it comes") {
    CHECK_FALSE(there.transfers.receive({.request = {1}, .head = head, .asks = true}));
    there.transfers.drop({1});
  }
  CHECK_FALSE(there.transfers.take({.request = {1}, .bytes = bytes_of('a')}));
  CHECK(there.visible().empty());
  CHECK(there.scratch_is_empty());
}

TEST_CASE("nothing is copied for a driver that has gone", "[remote]") {
  Helped there;
  (void)there.add({{"old", bytes_of('a')}});
  there.driver_is_there = false;
  const auto head = head_of({{"new", bytes_of('a')}});
  CHECK_THROWS_AS(there.transfers.receive({.request = {1}, .head = head, .asks = true}), Error);
  CHECK(there.visible().size() == 1);
  CHECK(there.scratch_is_empty());
}

TEST_CASE("what comes wrong is refused, and its rest counts for nothing", "[remote]") {
  Helped there;
  const auto head = head_of({{"a", bytes_of('a')}});
  CHECK_FALSE(there.transfers.receive({.request = {1}, .head = head, .asks = true}));
  CHECK_THROWS_AS(there.transfers.take({.request = {1}, .bytes = bytes_of('x')}), Error);
  CHECK_FALSE(there.transfers.take({.request = {1}, .bytes = bytes_of('a')}));
  CHECK(there.visible().empty());
  CHECK(there.scratch_is_empty());
}

TEST_CASE("of a large object only the wanted files are sent, once", "[remote]") {
  Helped there;
  const auto object = there.add({{"a", bytes_of('a')}, {"b", "second"}, {"c", "third"}});
  CHECK_FALSE(there.transfers.send(GetObject{.request = {1}, .object = object.id}));
  CHECK(there.transfers.send(FilesWanted{.request = {1}, .files = {1, 2}}).empty());
  CHECK_THROWS_AS(there.transfers.send(FilesWanted{.request = {1}, .files = {1}}), Error);
  const auto frames = there.said();
  REQUIRE(frames.size() == 2);
  const auto comes = std::get<ObjectComes>(decode_helper_news(frames[0]));
  CHECK(comes.asks);
  CHECK(comes.head.id == object.id);
  CHECK(std::get<ObjectBytes>(decode_helper_news(frames[1])).bytes == "secondthird");
}

TEST_CASE("files that an object does not have are refused", "[remote]") {
  Helped there;
  const auto object = there.add({{"a/b", bytes_of('a')}});
  for (const std::uint32_t number : {0U, 2U}) {  // a folder, nothing
    const RequestId request{number + 1};
    CHECK_FALSE(there.transfers.send(GetObject{.request = request, .object = object.id}));
    CHECK_THROWS_AS(there.transfers.send(FilesWanted{.request = request, .files = {number}}),
                    Error);
  }
}

TEST_CASE("a small object is sent at once", "[remote]") {
  Helped there;
  const auto object = there.add({{"a", "small"}});
  CHECK(there.transfers.send(GetObject{.request = {1}, .object = object.id}) == "");
  const auto frames = there.said();
  REQUIRE(frames.size() == 2);
  CHECK_FALSE(std::get<ObjectComes>(decode_helper_news(frames[0])).asks);
  CHECK(std::get<ObjectBytes>(decode_helper_news(frames[1])).bytes == "small");
}

}  // namespace mlpipe
