#include "remote/object_transfer.h"

#include <fstream>
#include <thread>

#include "base/error.h"
#include "store/tree_hash.h"
#include "support/catch.h"
#include "support/pipe.h"

namespace mlpipe {
namespace {

namespace fs = std::filesystem;

/// Two stores, and a way from one to the other.
struct Way {
  TemporaryFolder folder;
  ObjectStore from{folder.path() / "a/objects", folder.path() / "a/scratch"};
  ObjectStore to{folder.path() / "b/objects", folder.path() / "b/scratch"};

  StoredObject stored(const std::function<void(const fs::path&)>& fill) {
    const auto made = folder.path() / "made";
    make_folders(made);
    fill(made);
    return from.add_output(made);
  }

  StoredObject send(const ObjectToSend& object) {
    ObjectReceiver receiver(object.head, to, folder.path() / "b/scratch");
    test::Pipe pipe;
    const std::jthread sender([&object, in = std::move(pipe.in)]() mutable {
      FrameChannel channel(std::move(in));
      read_object(object, [&](const ObjectPiece& piece) { send_piece(channel, {7}, piece); });
    });
    for (const auto& frame : test::frames_of(pipe.out)) {
      const auto bytes = std::get<ObjectBytes>(decode_helper_command(frame));
      CHECK(bytes.request == RequestId{7});
      receiver.add(bytes.bytes);
    }
    CHECK(receiver.is_complete());
    return receiver.store();
  }
};

void write(const fs::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

TreeEntry entry(const std::string& path, FileKind kind) { return {.path = path, .kind = kind}; }

}  // namespace

TEST_CASE("an object arrives as it was", "[remote]") {
  Way way;
  const auto object = way.stored([](const fs::path& made) {
    make_folders(made / "empty");
    make_folders(made / "deep/er");
    write(made / "deep/er/file", "x");
    write(made / "nothing", "");
    write(made / "big", std::string(3'000'000, 'b'));
    write(made / std::string("\xff name"), "odd");
    write(made / "runs", "#!/bin/sh\n");
    fs::permissions(made / "runs", fs::perms::owner_all);
    fs::create_symlink("deep/er/file", made / "link");
  });
  const auto arrived = way.send(object_in(way.from, object.id, false));
  CHECK(arrived.id == object.id);
  CHECK(way.to.check(object.id) == ObjectState::intact);
  CHECK(read_file(way.to.content_folder(object.id) / "link") == "x");
}

TEST_CASE("what was changed on the way is refused", "[remote]") {
  Way way;
  const auto object = way.stored([](const fs::path& made) { write(made / "file", "abc"); });
  const auto sent = object_in(way.from, object.id, false);
  ObjectReceiver receiver(sent.head, way.to, way.folder.path() / "b/scratch");
  receiver.add("abX");
  CHECK_THROWS_AS(receiver.store(), Error);
  CHECK(way.to.check(object.id) == ObjectState::missing);
}

TEST_CASE("a large file that is not what it was is refused", "[remote]") {
  Way way;
  const auto object =
      way.stored([](const fs::path& made) { write(made / "file", std::string(600'000, 'a')); });
  const auto content = way.from.content_folder(object.id);
  fs::permissions(content / "file", fs::perms::owner_all);
  write(content / "file", std::string(600'000, 'b'));
  CHECK_THROWS_AS(way.send(object_in(way.from, object.id, false)), Error);
  CHECK(way.to.check(object.id) == ObjectState::missing);
}

TEST_CASE("what did not come whole, or is called otherwise, is refused", "[remote]") {
  Way way;
  const auto object = way.stored([](const fs::path& made) { write(made / "file", "abc"); });
  auto head = object_in(way.from, object.id, false).head;
  ObjectReceiver receiver(head, way.to, way.folder.path() / "b/scratch");
  receiver.add("ab");
  CHECK_THROWS_AS(receiver.store(), Error);
  // The hash that the sender says counts for nothing.
  head.entries[0].hash = hash_bytes("abX");
  head.id = hash_tree(head.entries);
  ObjectReceiver other(head, way.to, way.folder.path() / "b/scratch");
  other.add("abc");
  CHECK_THROWS_AS(other.store(), Error);
  CHECK(way.to.list().objects.empty());
}

TEST_CASE("a link that leads out of its object is refused", "[remote]") {
  for (const std::string text : {"../../entries", "/etc/passwd", "nowhere", "link"}) {
    Way way;
    ObjectHead head{.entries = {{.path = "link",
                                 .kind = FileKind::link,
                                 .executable = false,
                                 .size = 0,
                                 .hash = hash_bytes(text),
                                 .link = text}}};
    head.id = hash_tree(head.entries);
    ObjectReceiver receiver(head, way.to, way.folder.path() / "b/scratch");
    CHECK_THROWS_AS(receiver.store(), Error);
    CHECK(way.to.list().objects.empty());
  }
}

TEST_CASE("more bytes than were announced are refused", "[remote]") {
  Way way;
  const auto object = way.stored([](const fs::path& made) { write(made / "file", "abc"); });
  ObjectReceiver receiver(object_in(way.from, object.id, false).head, way.to,
                          way.folder.path() / "b/scratch");
  CHECK_THROWS_AS(receiver.add("abcd"), Error);
}

TEST_CASE("a file that has become shorter is told", "[remote]") {
  Way way;
  const auto path = way.folder.path() / "short";
  write(path, "ab");
  Contents contents{.kind = FileKind::file, .bytes = 3};
  CHECK_THROWS_AS(read_object(object_at(path, contents), [](const ObjectPiece&) {}), Error);
}

TEST_CASE("what the store has of an object is copied, and only the rest comes", "[remote]") {
  Way way;
  const auto fill = [](const fs::path& made) {
    make_folders(made / "deep/er");
    write(made / "deep/er/large", std::string(300'000, 'a'));
    write(made / "deep/small", "small");
    write(made / "runs", "#!/bin/sh\n");
    fs::permissions(made / "runs", fs::perms::owner_all);
    write(made / "nothing", "");
    fs::create_symlink("runs", made / "link");
  };
  (void)way.send(object_in(way.from, way.stored(fill).id, false));
  const auto changed = way.stored([&](const fs::path& made) {
    fill(made);
    write(made / "deep/small", "other");
    fs::rename(made / "deep/er/large", made / "renamed");
  });
  const auto sent = object_in(way.from, changed.id, false);
  const CopyFromStore copy{.goes_on = [] { return true; }};
  ObjectReceiver receiver(sent.head, way.to, way.folder.path() / "b/scratch", &copy);
  const auto part = part_of(sent, receiver.wanted());
  REQUIRE(part.head.entries.size() == 1);
  CHECK(part.head.entries[0].path == "deep/small");
  read_object(part, [&](const ObjectPiece& piece) { receiver.add(piece.bytes); });
  REQUIRE(receiver.is_complete());
  CHECK(receiver.store().id == changed.id);
  const auto arrived = way.to.content_folder(changed.id);
  CHECK(read_file(arrived / "renamed") == std::string(300'000, 'a'));
  CHECK(read_file(arrived / "link") == "#!/bin/sh\n");
  CHECK((fs::status(arrived / "runs").permissions() & fs::perms::owner_exec) != fs::perms::none);
  CHECK((fs::status(arrived / "renamed").permissions() & fs::perms::owner_write) ==
        fs::perms::none);
  CHECK(fs::hard_link_count(arrived / "renamed") == 1);
  CHECK(way.to.check(changed.id) == ObjectState::intact);
}

TEST_CASE("what goes away while it is copied has to come", "[remote]") {
  Way way;
  (void)way.send(object_in(
      way.from, way.stored([](const fs::path& made) { write(made / "one", "same"); }).id, false));
  const auto renamed = way.stored([](const fs::path& made) { write(made / "two", "same"); });
  const CopyFromStore copy{.goes_on = [&] {
    remove_tree(way.folder.path() / "b/objects");
    return true;
  }};
  ObjectReceiver receiver(object_in(way.from, renamed.id, false).head, way.to,
                          way.folder.path() / "b/scratch", &copy);
  CHECK(receiver.wanted() == std::vector<std::uint32_t>{0});
  receiver.add("same");
  CHECK(receiver.store().id == renamed.id);
}

TEST_CASE("equal files of an object come once, and are what they are called", "[remote]") {
  Way way;
  const auto object = way.stored([](const fs::path& made) {
    for (const char* name : {"a", "c", "e"}) write(made / name, "same");
    write(made / "b", "other");
    write(made / "d", "other");
  });
  const auto sent = object_in(way.from, object.id, false);
  const CopyFromStore copy{.goes_on = [] { return true; }};
  ObjectReceiver receiver(sent.head, way.to, way.folder.path() / "b/scratch", &copy);
  CHECK(receiver.wanted() == std::vector<std::uint32_t>{0, 1});
  SECTION("as they should") {
    receiver.add("sameother");
    REQUIRE(receiver.is_complete());
    CHECK(receiver.store().id == object.id);
    CHECK(read_file(way.to.content_folder(object.id) / "e") == "same");
  }
  SECTION("changed on the way") {
    CHECK_THROWS_AS(receiver.add("sameOTHER"), Error);
    CHECK(way.to.list().objects.empty());
  }
}

TEST_CASE("only objects of some size are worth a question", "[remote]") {
  const auto file = [](std::uint64_t size) {
    auto made = entry("f", FileKind::file);
    made.size = size;
    return made;
  };
  CHECK_FALSE(is_worth_asking({}));
  CHECK_FALSE(is_worth_asking({.entries = {file(65'535), entry("d", FileKind::folder)}}));
  CHECK(is_worth_asking({.entries = {file(32'768), file(32'768)}}));
  // Sizes that another side says may be anything.
  CHECK(is_worth_asking({.entries = {file(~std::uint64_t{0}), file(1)}}));
}

TEST_CASE("no entry can lie outside its object", "[remote]") {
  const auto sound = [](std::vector<TreeEntry> entries) {
    return is_sound({.entries = std::move(entries)});
  };
  CHECK(sound({entry("a", FileKind::folder), entry("a/b", FileKind::file)}));
  for (const char* path : {"", "/etc/x", "..", "../x", "a/../x", "./x", "a//x", "a/"})
    CHECK_FALSE(sound({entry("a", FileKind::folder), entry(path, FileKind::file)}));
  CHECK_FALSE(sound({entry("l", FileKind::link), entry("l/x", FileKind::file)}));
  CHECK_FALSE(sound({entry("f", FileKind::file), entry("f/x", FileKind::file)}));
  CHECK_FALSE(sound({entry("x", FileKind::file), entry("x", FileKind::file)}));
  CHECK_FALSE(sound({entry("no/parent", FileKind::file)}));
  // In the order of a tree, which its hash rests on.
  CHECK(sound({entry("a", FileKind::folder), entry("a/z", FileKind::file),
               entry("a.b", FileKind::file), entry("\xff", FileKind::file)}));
  CHECK_FALSE(sound({entry("b", FileKind::file), entry("a", FileKind::file)}));
  CHECK_FALSE(sound(
      {entry("a", FileKind::folder), entry("a.b", FileKind::file), entry("a/z", FileKind::file)}));
}

TEST_CASE("a job's name is one word of few letters", "[remote]") {
  CHECK(is_job_name("0af3-12"));
  for (const char* name : {"", "..", "a/b", "-x", "A", "a b", "a\n"})
    CHECK_FALSE(is_job_name(name));
  CHECK_FALSE(is_job_name(std::string(200, 'a')));
}

}  // namespace mlpipe
