#pragma once

#include <string_view>

#include "base/time_zone.h"

namespace mlpipe {

/// "2026-11-21 10:15" by the clocks of UTC; all that parse_moment_in() takes.
inline TimePoint utc(std::string_view text) { return parse_moment_in(text, TimeZone()).value(); }

/// The same as what clocks on a wall show.
inline WallTime wall(std::string_view text) { return TimeZone().wall_time(utc(text)); }

}  // namespace mlpipe
