// What asks which files of an object the other side has, as bytes.
#include "remote/protocol.h"

#include "store/tree_hash.h"
#include "support/catch.h"

namespace mlpipe {
namespace {

ObjectHead head_of_two() {
  ObjectHead head;
  for (const std::string name : {"a", "b"})
    head.entries.push_back({.path = name,
                            .kind = FileKind::file,
                            .executable = false,
                            .size = 3,
                            .hash = hash_bytes(name),
                            .link = {}});
  head.id = hash_tree(head.entries);
  return head;
}

/// A frame without its length.
std::string_view body(const std::string& frame) { return std::string_view(frame).substr(4); }

}  // namespace

TEST_CASE("an object says whether it asks, in both directions", "[remote]") {
  for (const bool asks : {false, true}) {
    const auto put =
        encode(HelperCommand(PutObject{.request = {5}, .head = head_of_two(), .asks = asks}));
    const auto command = decode_helper_command(body(put));
    const auto& taken = std::get<PutObject>(std::get<HelperCommand>(command));
    CHECK(taken.request == RequestId{5});
    CHECK(taken.asks == asks);
    CHECK(taken.head.entries.size() == 2);
    const auto comes =
        encode(HelperNews(ObjectComes{.request = {6}, .head = head_of_two(), .asks = asks}));
    CHECK(std::get<ObjectComes>(decode_helper_news(body(comes))).asks == asks);
  }
}

TEST_CASE("the wanted files come as they were said, in both directions", "[remote]") {
  for (const std::vector<std::uint32_t>& files :
       {std::vector<std::uint32_t>{}, {0}, {1, 2, 4'000'000'000}}) {
    const FilesWanted said{.request = {7}, .files = files};
    const auto from_driver = encode(HelperCommand(said));
    const auto command = decode_helper_command(body(from_driver));
    CHECK(std::get<FilesWanted>(std::get<HelperCommand>(command)).files == files);
    const auto from_helper = encode(HelperNews(said));
    CHECK(from_helper == from_driver);
    const auto news = decode_helper_news(body(from_helper));
    CHECK(std::get<FilesWanted>(news).files == files);
    CHECK(std::get<FilesWanted>(news).request == RequestId{7});
  }
}

TEST_CASE("files that are wanted twice or backwards are no frame", "[remote]") {
  for (const std::vector<std::uint32_t>& files : {std::vector<std::uint32_t>{3, 3}, {2, 1}}) {
    const auto frame = encode(HelperCommand(FilesWanted{.request = {7}, .files = files}));
    CHECK_THROWS_AS(decode_helper_command(body(frame)), ProtocolError);
    CHECK_THROWS_AS(decode_helper_news(body(frame)), ProtocolError);
  }
}

}  // namespace mlpipe
