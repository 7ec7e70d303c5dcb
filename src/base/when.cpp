#include "base/when.h"

#include <array>
#include <charconv>
#include <ctime>
#include <string>
#include <utility>

#include "base/text.h"

namespace mlpipe {

namespace {

constexpr std::array<std::pair<std::string_view, double>, 13> units = {{{"ms", 1e-3},
                                                                        {"s", 1},
                                                                        {"sec", 1},
                                                                        {"m", 60},
                                                                        {"min", 60},
                                                                        {"h", 3600},
                                                                        {"d", 86400},
                                                                        {"day", 86400},
                                                                        {"days", 86400},
                                                                        {"w", 604800},
                                                                        {"weeks", 604800},
                                                                        {"hours", 3600},
                                                                        {"minutes", 60}}};

/// Takes `digits` digits from the start of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  const auto* const end = text.data() + digits;
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end || value < 0) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

std::tm parts_of(TimePoint moment) {
  const std::time_t seconds = to_seconds(moment);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return parts;
}

/// Nothing for the 31st of February and the like, which would be taken for another day.
std::optional<TimePoint> moment_of(std::tm parts, bool utc) {
  const std::tm asked = parts;
  parts.tm_isdst = -1;
  const std::time_t seconds = utc ? timegm(&parts) : mktime(&parts);
  if (parts.tm_mday != asked.tm_mday || parts.tm_mon != asked.tm_mon) return std::nullopt;
  constexpr std::time_t last_day = 253'402'214'400;  // 9999-12-31: elsewhere it is year 10000
  if (seconds >= last_day) return std::nullopt;
  return from_micros(static_cast<std::int64_t>(seconds) * 1'000'000);
}

TimePoint day_before(TimePoint now, int days) {
  std::tm parts = parts_of(now);
  parts.tm_mday -= days;
  parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
  parts.tm_isdst = -1;
  return from_micros(static_cast<std::int64_t>(mktime(&parts)) * 1'000'000);
}

/// "14:00" or "14:00:05", with fractions of a second, which do not count.
bool take_time_of_day(std::string_view& text, std::tm& parts) {
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ":")) return false;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59) return false;
  parts.tm_hour = *hour;
  parts.tm_min = *minute;
  parts.tm_sec = 0;
  if (!take(text, ":")) return true;
  const auto second = take_number(text, 2);
  if (!second || *second > 60) return false;
  parts.tm_sec = *second;
  return true;
}

std::optional<TimePoint> parse_date(std::string_view text) {
  std::tm parts{};
  const auto year = take_number(text, 4);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || *month < 1 || *month > 12 || !take(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || *day < 1 || *day > 31) return std::nullopt;
  parts.tm_year = *year - 1900;
  parts.tm_mon = *month - 1;
  parts.tm_mday = *day;
  if (text.empty()) return moment_of(parts, false);
  if ((!take(text, " ") && !take(text, "T")) || !take_time_of_day(text, parts)) return std::nullopt;
  const bool utc = take(text, "Z");
  return text.empty() ? moment_of(parts, utc) : std::nullopt;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  double number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc{} || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
  text = trim(text);
  for (const auto& [unit, seconds] : units) {
    constexpr double longest = 3e9;  // a century; more is no duration, and would not fit
    if (text == unit && number * seconds < longest)
      return Duration(static_cast<std::int64_t>(number * seconds * 1e6));
  }
  return std::nullopt;
}

std::optional<TimePoint> parse_moment(std::string_view text, TimePoint now) {
  text = trim(text);
  if (text == "now") return now;
  if (text == "today") return day_before(now, 0);
  if (text == "yesterday") return day_before(now, 1);
  std::tm today = parts_of(now);
  std::string_view rest = text;
  if (take_time_of_day(rest, today) && rest.empty()) return moment_of(today, false);
  if (const auto date = parse_date(text)) return date;
  if (text.ends_with(" ago")) text.remove_suffix(4);
  if (const auto duration = parse_duration(text)) return now - *duration;
  return std::nullopt;
}

}  // namespace mlpipe
