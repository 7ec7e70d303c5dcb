#include "base/clock.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <cmath>

namespace mlpipe {

TimePoint now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::int64_t to_micros(TimePoint time) { return time.time_since_epoch().count(); }

TimePoint from_micros(std::int64_t micros) { return TimePoint(Duration(micros)); }

std::time_t to_seconds(TimePoint time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string iso_utc(TimePoint time) {
  const std::time_t seconds = to_seconds(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string local_time_text(TimePoint time) {
  const std::time_t seconds = to_seconds(time);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

Duration lap(TimePoint& mark) {
  const TimePoint moment = now();
  return moment - std::exchange(mark, moment);
}

std::string duration_text(Duration duration) {
  const auto micros = std::max<Duration::rep>(duration.count(), 0);  // the clock may be set back
  if (micros < 1'000) return fmt::format("{}.{} ms", micros / 1'000, micros / 100 % 10);
  if (micros < 1'000'000) return fmt::format("{} ms", micros / 1'000);
  const double seconds = static_cast<double>(micros) / 1e6;
  if (seconds < 59.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = std::llround(seconds);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  constexpr std::int64_t day = std::int64_t{24} * 3600;
  if (whole < 2 * day) return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
  return fmt::format("{} d {:02} h", whole / day, whole % day / 3600);
}

}  // namespace mlpipe
