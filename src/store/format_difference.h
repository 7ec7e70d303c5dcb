#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlpipe {

/// What it is that differs between two contents of a known format.
struct FormatDifference {
  std::string format;  ///< "gzip", "zip", "npy", "pickle", "text".
  /// What is packed inside is equal, byte for byte: only the packing differs.
  bool same_content = false;
  std::vector<std::string> lines;  ///< For people.
};

// Each gives nothing if one of the two is not whole in that format. The two are not equal.

/// Compressed by gzip: header (time, name, system) or content.
[[nodiscard]] std::optional<FormatDifference> gzip_difference(std::string_view before,
                                                              std::string_view now);
/// A zip archive (.npz, .whl …): which members, or only dates, attributes, order, compression.
[[nodiscard]] std::optional<FormatDifference> zip_difference(std::string_view before,
                                                             std::string_view now);
/// An array saved by numpy: type, shape, or which elements.
[[nodiscard]] std::optional<FormatDifference> npy_difference(std::string_view before,
                                                             std::string_view now);
/// A Python pickle of protocol 2 or later: protocol, values, or structure.
[[nodiscard]] std::optional<FormatDifference> pickle_difference(std::string_view before,
                                                                std::string_view now);
/// UTF-8 text: the first line that differs.
[[nodiscard]] std::optional<FormatDifference> text_difference(std::string_view before,
                                                              std::string_view now);

/// The first of these that fits both.
[[nodiscard]] std::optional<FormatDifference> format_difference(std::string_view before,
                                                                std::string_view now);

}  // namespace mlpipe
