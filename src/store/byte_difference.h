#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace mlpipe {

/// Where two contents first differ. One that ends there has no byte.
struct ByteDifference {
  std::uint64_t offset = 0;
  std::optional<std::uint8_t> before;
  std::optional<std::uint8_t> now;
  std::uint64_t before_size = 0;
  std::uint64_t now_size = 0;
};

/// Nothing if they are equal.
[[nodiscard]] std::optional<ByteDifference> first_difference(std::string_view before,
                                                             std::string_view now);

/// The same for two files of any size, read piece by piece. Throws Error(system).
[[nodiscard]] std::optional<ByteDifference> first_difference_of_files(
    const std::filesystem::path& before, const std::filesystem::path& now);

/// "at byte 12: 0x41 ('A') and 0x42 ('B')", "4 bytes and then no more; 7 bytes now": for people.
[[nodiscard]] std::string describe(const ByteDifference& difference);

}  // namespace mlpipe
