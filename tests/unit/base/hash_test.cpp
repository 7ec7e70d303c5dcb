#include "base/hash.h"

#include <string>
#include <unordered_set>

#include "support/catch.h"

namespace mlpipe {
namespace {

std::string patterned(std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>((i * 7 + 3) % 256);
  return bytes;
}

}  // namespace

TEST_CASE("hashes are XXH3-128 as `xxhsum -H2` prints it") {
  CHECK(hash_bytes("").hex() == "99aa06d3014798d86001c324468d497f");
  CHECK(hash_bytes("a").hex() == "a96faf705af16834e6c632b61e964e1f");
  CHECK(hash_bytes("abc").hex() == "06b05ab6733a618578af5f94892f3950");
  CHECK(hash_bytes(patterned(300)).hex() == "55dbf83207efb80dfd9aa0f0d62e0227");
  CHECK(hash_bytes(std::string(100'000, '\0')).hex() == "e1f876364c6fec62315c72a64b7df4d2");
}

TEST_CASE("bytes that come piece by piece hash as all of them at once") {
  const std::string bytes = patterned(5000);
  const std::size_t piece = GENERATE(as<std::size_t>{}, 1, 7, 64, 240, 241, 1024, 5000);
  CAPTURE(piece);
  Hasher hasher;
  for (std::size_t at = 0; at < bytes.size(); at += piece) hasher.add(bytes.substr(at, piece));
  CHECK(hasher.finish() == hash_bytes(bytes));
  CHECK(hasher.finish() == hash_bytes(bytes));  // finish() may be asked twice
  hasher.add("");
  CHECK(hasher.finish() == hash_bytes(bytes));
}

TEST_CASE("a hasher that got nothing gives the hash of nothing") {
  CHECK(Hasher().finish() == hash_bytes(""));
}

TEST_CASE("a hash is read back from its digits and from its bytes") {
  const Hash hash = hash_bytes("x");
  CHECK(parse_hash(hash.hex()) == hash);
  CHECK(hash_from_bytes(hash.view()) == hash);
  CHECK(parse_hash("000102030405060708090a0b0c0d0eff")->bytes[15] == 0xFF);
  CHECK(parse_hash("000102030405060708090a0b0c0d0eff")->bytes[1] == 1);
}

TEST_CASE("what is not a hash is none") {
  CHECK_FALSE(parse_hash(""));
  CHECK_FALSE(parse_hash(std::string(31, '0')));
  CHECK_FALSE(parse_hash(std::string(33, '0')));
  CHECK_FALSE(parse_hash(std::string(31, '0') + "g"));
  CHECK_FALSE(parse_hash(std::string(31, '0') + "A"));  // hex() writes lower case only
  CHECK_FALSE(hash_from_bytes(std::string(15, '\0')));
  CHECK_FALSE(hash_from_bytes(std::string(17, '\0')));
}

TEST_CASE("hashes are ordered by their bytes and spread by HashOfHash") {
  CHECK(*parse_hash("00ff0000000000000000000000000000") <
        *parse_hash("01000000000000000000000000000000"));
  std::unordered_set<std::size_t> seen;
  for (int i = 0; i < 100; ++i) seen.insert(HashOfHash()(hash_bytes(std::to_string(i))));
  CHECK(seen.size() == 100);
}

}  // namespace mlpipe
