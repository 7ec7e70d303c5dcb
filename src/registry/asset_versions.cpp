#include "registry/asset_versions.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

#include "base/text.h"

namespace mlpipe {

namespace {

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool has_leading_zero(std::string_view text) { return text.size() > 1 && text.front() == '0'; }

/// "1.2.3-a.b" cut in its two parts.
struct SemanticParts {
  std::string_view core;
  std::string_view prerelease;
  bool has_prerelease = false;
};

SemanticParts parts_of(std::string_view text) {
  SemanticParts parts;
  if (const auto dash = text.find('-'); dash != std::string_view::npos) {
    parts.prerelease = text.substr(dash + 1);
    parts.has_prerelease = true;
    text = text.substr(0, dash);
  }
  parts.core = text;
  return parts;
}

bool are_identifiers(std::string_view text) {
  const auto identifiers = split(text, '.');
  return std::all_of(identifiers.begin(), identifiers.end(), [](std::string_view each) {
    const bool plain = std::all_of(each.begin(), each.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
    return !each.empty() && plain && !(is_digits(each) && has_leading_zero(each));
  });
}

/// Of two numbers without leading zeros, of any length.
std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

std::strong_ordering compare_identifiers(std::string_view a, std::string_view b) {
  if (is_digits(a) && is_digits(b)) return compare_numbers(a, b);
  if (is_digits(a) != is_digits(b))
    return is_digits(a) ? std::strong_ordering::less : std::strong_ordering::greater;
  return a.compare(b) <=> 0;
}

std::strong_ordering compare_lists(std::string_view a, std::string_view b) {
  const auto left = split(a, '.');
  const auto right = split(b, '.');
  for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i)
    if (const auto order = compare_identifiers(left[i], right[i]); order != 0) return order;
  return left.size() <=> right.size();
}

}  // namespace

bool is_semantic_version(std::string_view text) {
  const SemanticParts parts = parts_of(text);
  const auto numbers = split(parts.core, '.');
  return numbers.size() == 3 &&
         std::all_of(numbers.begin(), numbers.end(),
                     [](auto each) { return is_digits(each) && !has_leading_zero(each); }) &&
         (!parts.has_prerelease || are_identifiers(parts.prerelease));
}

std::strong_ordering compare_semantic(std::string_view a, std::string_view b) {
  const SemanticParts left = parts_of(a);
  const SemanticParts right = parts_of(b);
  if (const auto order = compare_lists(left.core, right.core); order != 0) return order;
  if (left.has_prerelease != right.has_prerelease)
    return left.has_prerelease ? std::strong_ordering::less : std::strong_ordering::greater;
  return compare_lists(left.prerelease, right.prerelease);
}

std::string next_version(std::span<const std::string> versions) {
  // Longer ones are no counters of ours, and would not fit.
  constexpr std::size_t most_digits = 18;
  std::int64_t highest = 0;
  for (const auto& version : versions) {
    std::int64_t number = 0;
    if (version.size() > most_digits || !is_digits(version)) continue;
    (void)std::from_chars(version.data(), version.data() + version.size(), number);
    highest = std::max(highest, number);
  }
  return std::to_string(highest + 1);
}

}  // namespace mlpipe
