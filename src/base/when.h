#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace mlpipe {

/// "90m", "12h", "3d", "2w", "1.5 h", "250ms", "10 min": a number and a unit. Nothing if it is no
/// such text.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);

/// A moment as people write it: "2026-11-20", "2026-11-20 14:00", "2026-11-20T14:00:05" (the
/// machine's zone; with a Z at the end UTC), "14:00" (of today), "today", "yesterday", "now", or a
/// duration before `now`: "3d", "90m", also "3d ago". Nothing if it is none of these.
[[nodiscard]] std::optional<TimePoint> parse_moment(std::string_view text, TimePoint now);

/// What parse_moment() takes, for messages.
inline constexpr std::string_view moment_forms =
    "2026-11-20, '2026-11-20 14:00', 14:00, today, yesterday, or so long ago: 3d, 12h, 90m";

}  // namespace mlpipe
