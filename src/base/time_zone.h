#pragma once

#include <absl/time/time.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace mlpipe {

/// What clocks on the wall show: a date and a time of day, in no zone, to the second.
using WallTime = std::chrono::local_seconds;

/// The moments at which clocks show one wall time.
struct WallMoments {
  enum class Kind : std::uint8_t {
    once,
    skipped,   ///< Never: clocks were put forward over it.
    repeated,  ///< Twice: clocks were put back.
  };
  Kind kind = Kind::once;
  TimePoint first;             ///< Skipped: the moment at which clocks were put forward.
  TimePoint second;            ///< Of a repeated one; else as `first`.
  Duration skipped_span = {};  ///< Skipped: by how much clocks were put forward.
};

/// A time zone with its changes of the clocks, from the system's data (/usr/share/zoneinfo, or
/// $TZDIR). Cheap to copy; all functions may be called from any thread.
class TimeZone {
 public:
  /// UTC, which needs no data.
  TimeZone() = default;

  /// By its IANA name, also an older one ("Europe/Berlin", "US/Pacific", "UTC"), or by what Windows
  /// calls it, in any case ("pacific standard time"). Nothing if the system knows no such zone.
  [[nodiscard]] static std::optional<TimeZone> find(std::string_view name);

  /// The IANA name.
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] WallTime wall_time(TimePoint moment) const;
  [[nodiscard]] WallMoments moments_of(WallTime wall) const;
  /// As `moments_of(wall).first`.
  [[nodiscard]] TimePoint moment_of(WallTime wall) const { return moments_of(wall).first; }
  /// How far clocks are ahead of UTC.
  [[nodiscard]] std::chrono::seconds offset(TimePoint moment) const;
  /// The first moment after `moment` at which clocks are put forward or back; nothing if none is
  /// known.
  [[nodiscard]] std::optional<TimePoint> next_change(TimePoint moment) const;

 private:
  absl::TimeZone zone_ = absl::UTCTimeZone();
  std::string name_ = "UTC";
};

/// Whether `name` can be that of a zone: letters, digits, blanks and `_-+/.()`, at most 100 bytes,
/// not empty.
[[nodiscard]] bool is_zone_name(std::string_view name);

/// "unknown time zone 'Europe/Berln' (did you mean 'Europe/Berlin'?); …what is expected"
[[nodiscard]] std::string unknown_zone_text(std::string_view name);

/// A date, or a date and a time, as an Azure schedule has it: "2022-05-10", "2022-05-10 10:15",
/// "2022-05-10T10:15:00", also with "Z" or an offset ("-04:00", "-0400", "-04") at the end; without
/// those in `zone`, where a skipped time is the moment after it and a repeated one the first.
/// Fractions of a second are dropped. Years 1 to 9999. Nothing for any other text.
[[nodiscard]] std::optional<TimePoint> parse_moment_in(std::string_view text, const TimeZone& zone);

/// "2026-11-21 04:53" in `zone`, with ":00" only if there are seconds.
[[nodiscard]] std::string wall_text(WallTime wall);

}  // namespace mlpipe
