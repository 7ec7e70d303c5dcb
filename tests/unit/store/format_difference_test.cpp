// How two contents that differ are told apart, on bytes as Python's gzip, zipfile, numpy and pickle
// write them. tests/e2e/verify_formats_test.sh has the kinds of difference one by one.
#include "store/format_difference.h"

#include "store/byte_difference.h"
#include "store/pickle_reader.h"
#include "store/unpacker.h"
#include "store/zip_archive.h"
#include "support/catch.h"
#include "unit/store/store_testing.h"

namespace mlpipe {

namespace {

constexpr const char* gzip_bytes = "1f8b080800f1536502ff6e00cb48cdc9c957c84090008088f9e511000000";
constexpr const char* zip_bytes =
    "504b030414000000080083182250f0cd114c050000000a00000001000000614b4c840100504b03041400"
    "0000080083182250f9efbe71030000000100000003000000642f624b0200504b01021403140000000800"
    "83182250f0cd114c050000000a00000001000000000000000000000080010000000061504b0102140314"
    "000000080083182250f9efbe710300000001000000030000000000000000000000800124000000642f62"
    "504b0506000000000200020060000000480000000000";
constexpr const char* npy_bytes =
    "934e554d5059010076007b276465736372273a20273c6638272c2027666f727472616e5f6f7264657227"
    "3a2046616c73652c20277368617065273a2028322c2032292c207d202020202020202020202020202020"
    "202020202020202020202020202020202020202020202020202020202020202020202020202020202020"
    "200a000000000000f03f000000000000004000000000000008400000000000001040";
constexpr const char* pickle_bytes =
    "80049528000000000000007d94288c047261746594473fe00000000000008c046c697374945d94284b01"
    "4b028c01789465752e";

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

std::string with_byte(std::string bytes, std::size_t at, unsigned char value) {
  bytes.at(at) = static_cast<char>(value);
  return bytes;
}

}  // namespace

TEST_CASE("the first byte that differs is found, and where one content ends") {
  CHECK_FALSE(first_difference("", ""));
  CHECK_FALSE(first_difference("same", "same"));
  const auto other = first_difference("abcd", "abXd");
  REQUIRE(other);
  CHECK(other->offset == 2);
  CHECK(other->before == 'c');
  CHECK(other->now == 'X');
  const auto longer = first_difference("ab", "abc");
  REQUIRE(longer);
  CHECK(longer->offset == 2);
  CHECK_FALSE(longer->before);
  CHECK(longer->now == 'c');
  CHECK(first_difference("abc", "")->offset == 0);
}

TEST_CASE("files are compared across the pieces in which they are read") {
  const Playground play;
  std::string big(700'000, 'x');
  put_file(play / "a", big);
  put_file(play / "same", big);
  CHECK_FALSE(first_difference_of_files(play / "a", play / "same"));
  for (const std::size_t at : {0UL, 262'143UL, 262'144UL, 524'288UL, 699'999UL}) {
    put_file(play / "b", with_byte(big, at, 'y'));
    const auto found = first_difference_of_files(play / "a", play / "b");
    REQUIRE(found);
    CHECK(found->offset == at);
    CHECK(found->now == 'y');
    CHECK(found->before_size == big.size());
  }
  big.resize(524'288);  // the end of a piece
  put_file(play / "b", big);
  const auto cut = first_difference_of_files(play / "a", play / "b");
  REQUIRE(cut);
  CHECK(cut->offset == 524'288);
  CHECK_FALSE(cut->now);
  CHECK(cut->now_size == 524'288);
}

TEST_CASE("gzip: another time is packing, another content is not, damage is no gzip") {
  const std::string whole = from_hex(gzip_bytes);
  CHECK(unpack_all(whole, Packing::gzip, 1000) == "hello hello hello");
  const auto time = gzip_difference(whole, with_byte(whole, 4, 1));
  REQUIRE(time);
  CHECK(time->same_content);
  CHECK(time->lines.size() == 2);
  // Two members are one content; the same content cut off, or with more behind it, is not whole.
  CHECK(unpack_all(whole + whole, Packing::gzip, 1000) == "hello hello hellohello hello hello");
  const auto twice = gzip_difference(whole, whole + whole);
  REQUIRE(twice);
  CHECK_FALSE(twice->same_content);
  CHECK_FALSE(gzip_difference(whole, whole + "x"));
  CHECK_FALSE(gzip_difference(whole, with_byte(whole, whole.size() - 5, 0)));  // its checksum
}

TEST_CASE("zip: members are found, dates are packing") {
  const std::string whole = from_hex(zip_bytes);
  const auto archive = read_zip(whole);
  REQUIRE(archive);
  REQUIRE(archive->members.size() == 2);
  CHECK(archive->members[1].name == "d/b");
  CHECK(unpack_all(archive->members[0].packed, Packing::deflate, 100) == "aaaaaaaaaa");
  CHECK_FALSE(unpack_all(archive->members[0].packed, Packing::deflate, 9));
  const auto directory = whole.find("PK\x01\x02");
  const auto date = zip_difference(whole, with_byte(whole, directory + 12, 0x84));
  REQUIRE(date);
  CHECK(date->same_content);
  REQUIRE(date->lines.size() == 2);
  CHECK(date->lines[1].find("the dates of 1 member: 'a'") == 0);
}

TEST_CASE("npy: elements are told by index") {
  const std::string whole = from_hex(npy_bytes);
  const auto element = npy_difference(whole, with_byte(whole, whole.size() - 1, 0xc0));
  REQUIRE(element);
  CHECK_FALSE(element->same_content);
  CHECK(element->lines.at(0) ==
        "1 of 4 elements of type <f8 differs, first [1, 1]: 4 before, -4 now");
  // A header that is padded otherwise is the same array.
  const auto padding = npy_difference(whole, with_byte(whole, 100, '\t'));
  REQUIRE(padding);
  CHECK(padding->same_content);
  // Elements that are not there are not counted.
  CHECK(npy_difference(whole, whole.substr(0, whole.size() - 4))->lines.at(0) ==
        "type <f8 and shape (2, 2) are the same, the elements differ");
}

TEST_CASE("pickle: instructions are read, not executed") {
  const std::string whole = from_hex(pickle_bytes);
  const auto pickle = read_pickle(whole);
  REQUIRE(pickle);
  CHECK(pickle->protocol == 4);
  CHECK(pickle_op_name(pickle->ops.front().code) == "EMPTY_DICT");
  const auto half = whole.find("\x47\x3f\xe0");
  const auto value = pickle_difference(whole, with_byte(whole, half + 1, 0xbf));
  REQUIRE(value);
  CHECK(value->lines.at(0).find("0.5 before, -0.5 now") != std::string::npos);
  CHECK_FALSE(read_pickle(whole + "x"));
  CHECK_FALSE(read_pickle("\x80\x04"));
  CHECK_FALSE(read_pickle("\x80\x09N."));
}

TEST_CASE("no cut and no changed byte of any format does harm") {
  for (const auto* hex : {gzip_bytes, zip_bytes, npy_bytes, pickle_bytes}) {
    const std::string whole = from_hex(hex);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      (void)format_difference(whole, whole.substr(0, i));
      (void)format_difference(whole.substr(i), whole);
      for (const char value : {'\0', '\x7f', '\xff'})
        (void)format_difference(whole, with_byte(whole, i, static_cast<unsigned char>(value)));
    }
  }
  CHECK_FALSE(format_difference("", "\x01"));
}

}  // namespace mlpipe
