#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mlpipe {

/// `text` cut at every `separator`; an empty text gives one empty piece.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
template <std::same_as<std::string> Temporary>  // its pieces would outlive it
std::vector<std::string_view> split(Temporary&& text, char separator) = delete;

/// Without blanks, tabs and line ends on both sides.
[[nodiscard]] std::string_view trim(std::string_view text);

/// One word for a POSIX shell that stands for exactly `text`.
[[nodiscard]] std::string shell_quoted(std::string_view text);

/// The candidate a person most likely meant by `word` (edit distance at most a third of its
/// length, at least 1), or "". Of a word of more than 100 bytes always "".
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// " (did you mean 'x'?)", or "" if nothing is near.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::span<const std::string> candidates);

/// "3.4 MB": powers of 1000.
[[nodiscard]] std::string size_text(std::uint64_t bytes);

/// "1 step", "2 steps".
[[nodiscard]] std::string counted(std::size_t count, std::string_view singular);

/// `bytes` fit to print: what is not UTF-8, and control characters, become \xNN.
[[nodiscard]] std::string printable(std::string_view bytes);

/// Whether `bytes` are well-formed UTF-8.
[[nodiscard]] bool is_utf8(std::string_view bytes);

/// ASCII letters in lower case, the rest as it is.
[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace mlpipe
