#include "spec/scalars.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "base/text.h"

namespace mlpipe {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_sign(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return text;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

}  // namespace

Parameter::Type plain_type(std::string_view text) {
  if (parse_boolean(text)) return Parameter::Type::boolean;
  if (all_digits(without_sign(text))) return Parameter::Type::integer;
  if (parse_number(text)) return Parameter::Type::number;
  return Parameter::Type::string;
}

Parameter::Type scalar_type(const YamlValue& scalar) {
  return scalar.quoted ? Parameter::Type::string : plain_type(scalar.text);
}

std::string_view type_name(Parameter::Type type) {
  switch (type) {
    case Parameter::Type::string:
      return "string";
    case Parameter::Type::integer:
      return "integer";
    case Parameter::Type::number:
      return "number";
    case Parameter::Type::boolean:
      return "boolean";
  }
  return "";
}

std::optional<bool> parse_boolean(std::string_view text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  return std::nullopt;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (!all_digits(without_sign(text))) return std::nullopt;
  if (text.front() == '+') text.remove_prefix(1);
  std::int64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  const auto bare = without_sign(text);
  if (bare.empty()) return std::nullopt;
  if (bare == ".inf" || bare == ".Inf" || bare == ".INF")
    return text.front() == '-' ? -std::numeric_limits<double>::infinity()
                               : std::numeric_limits<double>::infinity();
  if (text == ".nan" || text == ".NaN" || text == ".NAN")
    return std::numeric_limits<double>::quiet_NaN();
  if (!is_digit(bare.front()) && !(bare.size() > 1 && bare.front() == '.' && is_digit(bare[1])))
    return std::nullopt;
  double value = 0;
  const auto result = std::from_chars(bare.data(), bare.data() + bare.size(), value);
  if (result.ptr != bare.data() + bare.size()) return std::nullopt;
  if (result.ec == std::errc::result_out_of_range) value = std::numeric_limits<double>::infinity();
  return text.front() == '-' ? -value : value;
}

std::optional<std::uint64_t> parse_memory(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, double>, 18> units = {{
      {"B", 1},
      {"kB", 1e3},
      {"KB", 1e3},
      {"MB", 1e6},
      {"GB", 1e9},
      {"TB", 1e12},
      {"k", 1e3},
      {"K", 1e3},
      {"M", 1e6},
      {"G", 1e9},
      {"T", 1e12},
      {"Ki", 1024.0},
      {"Mi", 1048576.0},
      {"Gi", 1073741824.0},
      {"KiB", 1024.0},
      {"MiB", 1048576.0},
      {"GiB", 1073741824.0},
      {"TiB", 1099511627776.0},
  }};
  const auto end = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = parse_number(text.substr(0, end));
  const auto unit = trim(text.substr(end));
  const auto* const found = std::find_if(units.begin(), units.end(),
                                         [&](const auto& entry) { return entry.first == unit; });
  if (!number || found == units.end()) return std::nullopt;
  const double bytes = std::round(*number * found->second);
  if (!(bytes >= 1 && bytes <= 1e18)) return std::nullopt;
  return static_cast<std::uint64_t>(bytes);
}

std::string boolean_text(bool value, Spelling spelling) {
  if (spelling == Spelling::ours) return value ? "true" : "false";
  return value ? "True" : "False";
}

std::string literal_text(const YamlValue& scalar, Spelling spelling) {
  if (!scalar.quoted)
    if (const auto boolean = parse_boolean(scalar.text)) return boolean_text(*boolean, spelling);
  return scalar.text;
}

bool is_name(std::string_view text, bool hyphens) {
  if (text.empty() || is_digit(text.front()) || text.front() == '-') return false;
  return std::all_of(text.begin(), text.end(), [hyphens](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
           (hyphens && c == '-');
  });
}

std::optional<bool> to_boolean(const NamedText& text, Problems& problems) {
  const auto value = parse_boolean(text.text);
  if (!value)
    problems.error(text.mark, fmt::format("{} must be true or false, not '{}'", text.what,
                                          printable(text.text)));
  return value;
}

std::optional<Isolation> to_isolation(const NamedText& text, Problems& problems) {
  if (text.text == "declared") return Isolation::declared;
  if (text.text == "none") return Isolation::none;
  problems.error(
      text.mark,
      fmt::format("{} must be 'declared' or 'none', not '{}'", text.what, printable(text.text)),
      "expected declared: the step sees only what it declares; or none");
  return std::nullopt;
}

std::optional<int> to_integer(const NamedText& text, int least, Problems& problems) {
  const auto value = parse_integer(text.text);
  if (value && *value >= least && *value <= std::numeric_limits<int>::max())
    return static_cast<int>(*value);
  problems.error(text.mark, fmt::format("{} must be a whole number, at least {}, not '{}'",
                                        text.what, least, printable(text.text)));
  return std::nullopt;
}

std::optional<double> to_number(const NamedText& text, double least, Problems& problems) {
  const auto value = parse_number(text.text);
  if (value && *value >= least && std::isfinite(*value)) return value;
  problems.error(text.mark, fmt::format("{} must be a number, at least {}, not '{}'", text.what,
                                        least, printable(text.text)));
  return std::nullopt;
}

std::optional<std::uint64_t> to_memory(const NamedText& text, Problems& problems) {
  const auto value = parse_memory(text.text);
  if (!value)
    problems.error(text.mark,
                   fmt::format("{} must be an amount of memory with its unit, not '{}'", text.what,
                               printable(text.text)),
                   "for example 512MB, 8GB or 1.5GiB");
  return value;
}

}  // namespace mlpipe
