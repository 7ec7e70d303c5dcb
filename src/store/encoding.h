#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/hash.h"

namespace mlpipe {

/// Append `value` in little-endian order, `bytes` bytes of it.
inline void append_number(std::string& out, std::uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i)
    out.push_back(static_cast<char>((value >> (8U * i)) & 0xffU));
}

/// Append a text with its length (32 bits) before it.
inline void append_text(std::string& out, std::string_view text) {
  append_number(out, text.size(), 4);
  out.append(text);
}

/// Takes numbers and texts off the front of some bytes. After reading past the end every answer is
/// empty and ok() is false: check once, at the end.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] std::string_view bytes(std::size_t count) {
    if (count > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  [[nodiscard]] std::uint64_t number(unsigned count) {
    const auto taken = bytes(count);
    std::uint64_t value = 0;
    if (std::endian::native == std::endian::little && taken.size() == sizeof value) {
      std::memcpy(&value, taken.data(), sizeof value);  // what nearly all of them are
      return value;
    }
    unsigned shift = 0;
    for (const char byte : taken) {
      value |= std::uint64_t{static_cast<std::uint8_t>(byte)} << shift;
      shift += 8;
    }
    return value;
  }

  [[nodiscard]] std::string_view text() { return bytes(number(4)); }
  [[nodiscard]] Hash hash() { return hash_from_bytes(bytes(16)).value_or(Hash{}); }

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace mlpipe
