#pragma once

#include <chrono>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/clock.h"
#include "base/hash.h"

namespace mlpipe {

/// The bytes that came are not of the protocol that was expected: a bug, or not our peer.
struct ProtocolError : std::runtime_error {
  explicit ProtocolError(const std::string& what)
      : std::runtime_error("a bug in mlpipe, between two of its processes: " + what) {}
};

/// Makes one frame: `u32 length of what follows | u8 type | fields`, in this machine's byte order
/// (little-endian wherever we run). Throws ProtocolError for what is longer than a frame may be.
class FrameWriter {
 public:
  explicit FrameWriter(char type);

  template <class Number>
  FrameWriter& number(Number value) {
    static_assert(std::is_integral_v<Number>);
    char raw[sizeof(Number)];  // NOLINT(*-avoid-c-arrays)
    std::memcpy(raw, &value, sizeof value);
    bytes_.append(raw, sizeof value);
    return *this;
  }
  FrameWriter& truth(bool value) { return number(static_cast<std::uint8_t>(value ? 1 : 0)); }
  FrameWriter& text(std::string_view value);
  FrameWriter& texts(const std::vector<std::string>& values);
  FrameWriter& hash(const Hash& value);
  FrameWriter& time(TimePoint value) { return number(to_micros(value)); }

  /// The whole frame, but for `more` bytes at its end that are sent after it. To be called once.
  [[nodiscard]] std::string finish(std::size_t more = 0);

 private:
  std::string bytes_;
};

/// Takes the fields of a frame (without its length) one after the other. Every function throws
/// ProtocolError for what FrameWriter does not make.
class FieldReader {
 public:
  explicit FieldReader(std::string_view frame) : rest_(frame) {}

  template <class Number>
  Number number() {
    static_assert(std::is_integral_v<Number>);
    Number value{};
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  /// An `int` that is sent with 64 bits.
  [[nodiscard]] int integer();
  [[nodiscard]] bool truth();
  [[nodiscard]] std::string text() { return std::string(take(number<std::uint32_t>())); }
  [[nodiscard]] std::vector<std::string> texts();
  /// How many things follow, of which each takes `least_bytes` at least.
  [[nodiscard]] std::size_t count(std::size_t least_bytes);
  [[nodiscard]] Hash hash();
  [[nodiscard]] std::chrono::milliseconds millis() {
    return std::chrono::milliseconds(number<std::int64_t>());
  }
  [[nodiscard]] Duration micros() { return Duration(number<std::int64_t>()); }
  [[nodiscard]] TimePoint time() { return from_micros(number<std::int64_t>()); }
  /// A text, in the frame's own bytes.
  [[nodiscard]] std::string_view view() { return take(number<std::uint32_t>()); }

  /// Nothing may be left.
  void end() const;

 private:
  [[nodiscard]] std::string_view take(std::size_t size);

  std::string_view rest_;
};

/// Makes frames of bytes that come in pieces of any size.
class FrameReader {
 public:
  void add(std::string_view bytes);
  /// The same without a copy: read into this, which has room for `least` bytes and more, then tell
  /// came() how many there are.
  [[nodiscard]] std::span<char> room(std::size_t least);
  void came(std::size_t count) { end_ += count; }

  /// The next whole frame (without its length), valid until the next call of add() or room();
  /// nothing if there is none yet. Throws ProtocolError for a length no frame has.
  [[nodiscard]] std::optional<std::string_view> next();

 private:
  std::string bytes_;      ///< As long as there is room; what came lies from start_ to end_.
  std::size_t start_ = 0;  ///< What lies before was given out.
  std::size_t end_ = 0;
};

}  // namespace mlpipe
