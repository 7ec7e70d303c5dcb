#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mlpipe {

/// An XXH3-128 value, in canonical (big-endian) byte order. Guards against accidents, not
/// attackers.
struct Hash {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Hash&) const = default;

  /// 32 lower-case hexadecimal digits.
  [[nodiscard]] std::string hex() const;
  /// The bytes as they are, for encodings and the database.
  [[nodiscard]] std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

/// The inverse of Hash::hex(); nothing if `text` is not 32 hexadecimal digits.
[[nodiscard]] std::optional<Hash> parse_hash(std::string_view hex);

/// The inverse of Hash::view(); nothing if `bytes` are not 16.
[[nodiscard]] std::optional<Hash> hash_from_bytes(std::string_view bytes);

/// XXH3-128 of some bytes in memory.
[[nodiscard]] Hash hash_bytes(std::string_view bytes);

/// XXH3-128 of bytes that come piece by piece; equal to hash_bytes() of all of them.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  void add(std::string_view bytes);
  [[nodiscard]] Hash finish() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// For unordered containers: the hash's own first bytes.
struct HashOfHash {
  std::size_t operator()(const Hash& hash) const noexcept;
};

}  // namespace mlpipe
