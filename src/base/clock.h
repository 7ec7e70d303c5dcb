#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <functional>
#include <string>

namespace mlpipe {

/// A moment, to the microsecond. The history stores it as microseconds since 1970, UTC.
using TimePoint = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

/// Says what time it is. Tests give a lambda.
using Clock = std::function<TimePoint()>;

/// The machine's clock.
[[nodiscard]] TimePoint now();

[[nodiscard]] std::int64_t to_micros(TimePoint time);
[[nodiscard]] TimePoint from_micros(std::int64_t micros);

/// Whole seconds since 1970, rounded down. Not system_clock's own way, by nanoseconds: those end in
/// the year 2262, and people may write any.
[[nodiscard]] std::time_t to_seconds(TimePoint time);

/// "2026-11-21T04:53:00Z"
[[nodiscard]] std::string iso_utc(TimePoint time);

/// "2026-11-21 04:53:00" in the machine's zone, for people.
[[nodiscard]] std::string local_time_text(TimePoint time);

/// The time since `mark`, which is moved to now.
[[nodiscard]] Duration lap(TimePoint& mark);

/// Of one that is negative, since the clock was set back, "0.0 ms". Else
/// "0.3 ms", "85 ms", "1.2 s", "3 min 20 s", "2 h 05 min", "7 d 00 h": what a person reads at once.
[[nodiscard]] std::string duration_text(Duration duration);

}  // namespace mlpipe
