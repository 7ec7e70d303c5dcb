#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/unpacker.h"

namespace mlpipe {

/// One member of a zip archive, as its central directory has it.
struct ZipMember {
  std::string name;  ///< Any bytes.
  std::uint64_t method = 0;
  std::uint64_t flags = 0;
  std::uint64_t time = 0;  ///< As MS-DOS writes it: date in the upper 16 bits.
  std::uint64_t checksum = 0;
  std::uint64_t size = 0;
  std::uint64_t attributes = 0;
  std::string_view packed;

  /// How to unpack it; nothing if that is not known here, or it is encrypted.
  [[nodiscard]] std::optional<Packing> packing() const;
};

/// A zip archive; views into its bytes.
struct ZipArchive {
  std::vector<ZipMember> members;
  std::string_view comment;
};

/// Nothing if the bytes are not a whole zip archive, or one of several parts.
[[nodiscard]] std::optional<ZipArchive> read_zip(std::string_view bytes);

}  // namespace mlpipe
