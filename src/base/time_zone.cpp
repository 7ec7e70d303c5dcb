#include "base/time_zone.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "base/text.h"
#include "base/windows_zones.h"

namespace mlpipe {

namespace fs = std::filesystem;
namespace chrono = std::chrono;

namespace {

constexpr absl::CivilSecond epoch(1970, 1, 1);

absl::CivilSecond civil_time(WallTime wall) { return epoch + wall.time_since_epoch().count(); }

TimePoint rounded_to_time_point(absl::Time time) { return from_micros(absl::ToUnixMicros(time)); }

absl::Time absl_time(TimePoint moment) { return absl::FromUnixMicros(to_micros(moment)); }

/// A file of zoneinfo may be anything that somebody put there, or be named by a way out of it:
/// "posixrules", "localtime" and "../.." are no names of zones.
bool is_iana_name(std::string_view name) {
  const auto parts = split(name, '/');
  return std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    return !part.empty() && part.front() >= 'A' && part.front() <= 'Z' &&
           part.find_first_of(". ()") == std::string_view::npos;
  });
}

fs::path zone_folder() {
  const char* folder = std::getenv("TZDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/usr/share/zoneinfo";
}

/// Every name that find() takes, as far as the folder can be read.
std::vector<std::string> all_zone_names() {
  std::vector<std::string> names;
  for (const auto& zone : all_windows_zones()) names.emplace_back(zone.windows_name);
  const auto top = zone_folder();
  std::error_code error;
  fs::recursive_directory_iterator entries(top, error);
  for (const fs::recursive_directory_iterator end; !error && entries != end;
       entries.increment(error)) {
    const auto name = entries->path().lexically_relative(top).string();
    std::error_code no_kind;
    if (!is_iana_name(name))
      entries.disable_recursion_pending();
    else if (entries->is_regular_file(no_kind))
      names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// The zone that was meant: the same in another case or without its continent ("Berlin"), or one
/// with a similar name.
std::string zone_guess(std::string_view name) {
  const auto names = all_zone_names();
  const auto asked = lower_case(name);
  for (const auto& each : names) {
    const auto known = lower_case(each);
    if (known == asked || known.ends_with("/" + asked)) return each;
  }
  return nearest(name, names);
}

// --- Dates and times as text -------------------------------------------------

/// A text that is read from its start.
class MomentText {
 public:
  explicit MomentText(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  bool take(char character) {
    if (!rest_.starts_with(character)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Exactly so many digits, as a number within the bounds.
  std::optional<int> number(std::size_t digits, int least, int most) {
    if (rest_.size() < digits) return std::nullopt;
    int value = 0;
    for (const char character : rest_.substr(0, digits)) {
      if (character < '0' || character > '9') return std::nullopt;
      value = value * 10 + (character - '0');
    }
    if (value < least || value > most) return std::nullopt;
    rest_.remove_prefix(digits);
    return value;
  }

  void drop_digits() {
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') rest_.remove_prefix(1);
  }

 private:
  std::string_view rest_;
};

std::optional<chrono::local_days> take_calendar_day(MomentText& text) {
  const auto year = text.number(4, 1, 9999);
  if (!year || !text.take('-')) return std::nullopt;
  const auto month = text.number(2, 1, 12);
  if (!month || !text.take('-')) return std::nullopt;
  const auto day = text.number(2, 1, 31);
  if (!day) return std::nullopt;
  const chrono::year_month_day date(chrono::year(*year),
                                    chrono::month(static_cast<unsigned>(*month)),
                                    chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  return chrono::local_days(date);
}

/// "10:15", "10:15:00", "10:15:00.000".
std::optional<chrono::seconds> take_clock_time(MomentText& text) {
  const auto hour = text.number(2, 0, 23);
  if (!hour || !text.take(':')) return std::nullopt;
  const auto minute = text.number(2, 0, 59);
  if (!minute) return std::nullopt;
  chrono::seconds time = chrono::hours(*hour) + chrono::minutes(*minute);
  if (!text.take(':')) return time;
  const auto second = text.number(2, 0, 59);
  if (!second) return std::nullopt;
  if (text.take('.')) {
    if (!text.number(1, 0, 9)) return std::nullopt;
    text.drop_digits();
  }
  return time + chrono::seconds(*second);
}

/// "Z", "+02:00", "-0400", "+02".
std::optional<chrono::seconds> take_utc_offset(MomentText& text) {
  if (text.take('Z') || text.take('z')) return chrono::seconds(0);
  const bool behind = text.take('-');
  if (!behind && !text.take('+')) return std::nullopt;
  const auto hours = text.number(2, 0, 23);
  if (!hours) return std::nullopt;
  chrono::seconds offset = chrono::hours(*hours);
  if (!text.at_end()) {
    static_cast<void>(text.take(':'));
    const auto minutes = text.number(2, 0, 59);
    if (!minutes) return std::nullopt;
    offset += chrono::minutes(*minutes);
  }
  return behind ? -offset : offset;
}

}  // namespace

bool is_zone_name(std::string_view name) {
  constexpr std::string_view others = " _-+/.()";
  return !name.empty() && name.size() <= 100 &&
         std::all_of(name.begin(), name.end(), [&](char character) {
           return (character >= 'a' && character <= 'z') ||
                  (character >= 'A' && character <= 'Z') ||
                  (character >= '0' && character <= '9') ||
                  others.find(character) != std::string_view::npos;
         });
}

std::optional<TimeZone> TimeZone::find(std::string_view name) {
  TimeZone found;
  if (name == "UTC") return found;
  if (!is_zone_name(name)) return std::nullopt;
  found.name_ = name;
  if (is_iana_name(name) && absl::LoadTimeZone(found.name_, &found.zone_)) return found;
  found.name_ = iana_name_of_windows_zone(name);
  if (found.name_.empty() || !absl::LoadTimeZone(found.name_, &found.zone_)) return std::nullopt;
  return found;
}

WallTime TimeZone::wall_time(TimePoint moment) const {
  return WallTime(chrono::seconds(to_seconds(moment)) + offset(moment));
}

chrono::seconds TimeZone::offset(TimePoint moment) const {
  return chrono::seconds(zone_.At(absl_time(moment)).offset);
}

WallMoments TimeZone::moments_of(WallTime wall) const {
  const auto info = zone_.At(civil_time(wall));
  WallMoments moments{.first = rounded_to_time_point(info.pre)};
  moments.second = moments.first;
  switch (info.kind) {
    case absl::TimeZone::TimeInfo::UNIQUE:
      break;
    case absl::TimeZone::TimeInfo::SKIPPED:
      moments.kind = WallMoments::Kind::skipped;
      moments.first = moments.second = rounded_to_time_point(info.trans);
      moments.skipped_span = absl::ToChronoMicroseconds(info.pre - info.post);
      break;
    case absl::TimeZone::TimeInfo::REPEATED:
      moments.kind = WallMoments::Kind::repeated;
      moments.second = rounded_to_time_point(info.post);
      break;
  }
  return moments;
}

std::optional<TimePoint> TimeZone::next_change(TimePoint moment) const {
  absl::TimeZone::CivilTransition change;
  if (!zone_.NextTransition(absl_time(moment), &change)) return std::nullopt;
  // What lies between is what no clock shows, or what all clocks show twice: both know the moment.
  const auto known = change.from < change.to ? change.from : change.to;
  return rounded_to_time_point(zone_.At(known).trans);
}

std::string unknown_zone_text(std::string_view name) {
  const auto guess = zone_guess(name);
  return fmt::format(
      "unknown time zone '{}'{}; expected a name such as Europe/Berlin, America/New_York, UTC, or "
      "Windows' 'W. Europe Standard Time'",
      printable(name), guess.empty() ? "" : fmt::format(" (did you mean '{}'?)", guess));
}

std::optional<TimePoint> parse_moment_in(std::string_view text, const TimeZone& zone) {
  MomentText rest(trim(text));
  const auto day = take_calendar_day(rest);
  if (!day) return std::nullopt;
  if (rest.at_end()) return zone.moment_of(WallTime(*day));
  if (!rest.take('T') && !rest.take('t') && !rest.take(' ')) return std::nullopt;
  const auto time = take_clock_time(rest);
  if (!time) return std::nullopt;
  const WallTime wall = *day + *time;
  if (rest.at_end()) return zone.moment_of(wall);
  const auto offset = take_utc_offset(rest);
  if (!offset || !rest.at_end()) return std::nullopt;
  return from_micros((wall - *offset).time_since_epoch().count() * 1'000'000);
}

std::string wall_text(WallTime wall) {
  const auto day = chrono::floor<chrono::days>(wall);
  const chrono::year_month_day date(day);
  const auto seconds = (wall - day).count();
  const auto text =
      fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  seconds / 3600, seconds / 60 % 60);
  return seconds % 60 == 0 ? text : fmt::format("{}:{:02}", text, seconds % 60);
}

}  // namespace mlpipe
