#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "core/cron_expression.h"
#include "core/recurrence.h"

namespace mlpipe {

/// Once every so long, whatever clocks show.
struct Every {
  Duration interval = std::chrono::minutes(1);

  bool operator==(const Every&) const = default;
};

/// The bounds of Every::interval, which is of whole seconds.
inline constexpr Duration shortest_interval = std::chrono::minutes(1);
inline constexpr Duration longest_interval = std::chrono::hours(24 * 36'500);

/// When a schedule fires.
struct Trigger {
  std::variant<CronExpression, Recurrence, Every> rule = Every{};
  /// Whose clocks count, by a name that TimeZone::find() takes.
  std::string time_zone = "UTC";
  std::optional<TimePoint> start = {};  ///< Whole seconds.
  std::optional<TimePoint> end = {};    ///< Whole seconds; the last moment at which it may fire.

  bool operator==(const Trigger&) const = default;
};

/// What is wrong with a trigger that has no file, such as one of the command line, or "": an
/// unknown zone, an end before the start, a recurrence or an interval against the rules.
[[nodiscard]] std::string trigger_problem(const Trigger& trigger);

/// The first moment after `after` at which a schedule that was created at `created` fires; nothing
/// if there is none. Never before `created` or `start`, never after `end` or the year 9999.
///
/// What fires when (azureml.md 2.7 and 3.11):
/// * A cron expression fires whenever it is due, from the start on, or from its creation.
/// * A recurrence that names times or days fires when it is due *after* its start or creation: "a
///   start_time which itself satisfies the pattern does not run at that moment but at the next".
/// * A recurrence that names none counts from its start and fires at that moment, too; without a
///   start it fires at once on creation ("first run at once, then by rule"), and counts from there.
///   So ask for `created` with an `after` before it.
/// * A start in the past: the intervals count from there, and the next one is taken.
/// * Every counts from its start, and fires then, too; without one from its creation, where it
///   does not fire: the first time is an interval later.
///
/// Where clocks are put forward or back, cron's rule holds (cron(8)): what is due at particular
/// times of the day fires when the clocks are put forward over such a time (by up to three hours),
/// and not again when they repeat it. A cron expression with `*` at the beginning of its minute or
/// hour follows the clocks: it fires in an hour as often as it is there. Minutes and hours of a
/// recurrence, and Every, are spans of time and know no clocks.
///
/// Throws Error(system) if this machine does not know the time zone.
[[nodiscard]] std::optional<TimePoint> next_fire(const Trigger& trigger, TimePoint created,
                                                 TimePoint after);

/// For people: "at 03:00, Monday to Friday, Europe/Berlin", "every 15 minutes", "every 2 weeks on
/// Monday at 08:00, UTC, until 2026-12-31 00:00"; of what cannot be said simply, "cron '5-9/2 …'".
[[nodiscard]] std::string describe(const Trigger& trigger);

/// Canonical JSON, the same for equal ones; decode gives nothing for anything else. Whether this
/// machine knows the time zone is not asked.
[[nodiscard]] std::string encode(const Trigger& trigger);
[[nodiscard]] std::optional<Trigger> decode_trigger(std::string_view text);

}  // namespace mlpipe
