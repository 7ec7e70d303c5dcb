#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mlpipe {

enum class Packing {
  stored,   ///< As it is.
  deflate,  ///< Bare, as in a zip archive.
  gzip,     ///< With headers; several members one after the other.
};

/// Unpacks piece by piece, in little memory.
class Unpacker {
 public:
  /// `packed` outlives this object.
  Unpacker(std::string_view packed, Packing packing);
  ~Unpacker();
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;

  /// The next bytes, valid until the next call; empty at the end, and where it goes wrong.
  [[nodiscard]] std::string_view next();
  /// Whether all of `packed` was unpacked without a fault, once next() has given nothing.
  [[nodiscard]] bool is_whole() const { return whole_; }

 private:
  struct State;
  [[nodiscard]] bool next_member();

  std::string_view rest_;  ///< Of what is only stored.
  std::unique_ptr<State> state_;
  bool whole_ = false;
};

/// How two packed contents compare.
struct UnpackedDifference {
  bool readable = true;                 ///< False: one of them cannot be unpacked to its end.
  std::optional<std::uint64_t> offset;  ///< Of the first byte that differs; nothing: equal.
};
[[nodiscard]] UnpackedDifference compare_unpacked(Unpacker& before, Unpacker& now);

/// All of it, if it is whole and at most `most` bytes.
[[nodiscard]] std::optional<std::string> unpack_all(std::string_view packed, Packing packing,
                                                    std::size_t most);

}  // namespace mlpipe
