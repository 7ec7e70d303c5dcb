#include "core/trigger.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace mlpipe {

namespace chrono = std::chrono;

namespace {

/// cron(8): more is a correction of the clock, and what was skipped is lost.
constexpr Duration longest_caught_up = chrono::hours(3);

constexpr TimePoint from_unix(std::int64_t seconds) { return TimePoint(chrono::seconds(seconds)); }

/// What lies outside is never due: before the year 1, and from 2400 on, since changes of clocks are
/// only known for 400 years (absl gives none after 2437).
constexpr TimePoint first_moment = from_unix(-62'135'596'800);
constexpr TimePoint last_moment = from_unix(13'569'465'599);

TimeZone zone_of(const Trigger& trigger) {
  if (auto zone = TimeZone::find(trigger.time_zone)) return *std::move(zone);
  fail(ErrorKind::system,
       "cannot tell when a schedule is due: {}. Is the package tzdata installed?",
       unknown_zone_text(trigger.time_zone));
}

/// The first whole second after a moment.
TimePoint next_second(TimePoint moment) {
  return chrono::floor<chrono::seconds>(moment) + chrono::seconds(1);
}

/// For what is due at particular times of the day. `due_from(wall)` gives the first due wall time
/// that is not before `wall`.
template <class DueFrom>
std::optional<TimePoint> next_at_fixed_times(const TimeZone& zone, TimePoint after,
                                             const DueFrom& due_from) {
  auto wall = zone.wall_time(after) + chrono::seconds(1);
  // A time that clocks skip is due when they were put forward, and `after` may lie just before.
  while (const auto due = due_from(wall)) {
    const auto moments = zone.moments_of(*due);
    const bool lost =
        moments.kind == WallMoments::Kind::skipped && moments.skipped_span > longest_caught_up;
    // Of a repeated time the first counts; it may have gone by, though the wall time is to come.
    if (!lost && moments.first > after) return moments.first;
    wall = *due + chrono::seconds(1);
  }
  return std::nullopt;
}

/// For what is due whenever clocks show such a time.
std::optional<TimePoint> next_by_clock(const CronExpression& cron, const TimeZone& zone,
                                       TimePoint after) {
  auto from = next_second(after);
  while (from <= last_moment) {
    const auto offset = zone.offset(from);
    const auto change = zone.next_change(from);
    const auto due = next_due(cron, WallTime(chrono::seconds(to_seconds(from))) + offset);
    if (due) {
      const auto moment = TimePoint((*due - offset).time_since_epoch());
      if (!change || moment < *change) return moment;
    }
    if (!change) return std::nullopt;
    from = *change;
  }
  return std::nullopt;
}

/// Anchor, anchor + interval, anchor + 2 intervals, …
TimePoint next_of_spans(TimePoint anchor, Duration interval, TimePoint after) {
  if (after < anchor) return anchor;
  return anchor + ((after - anchor) / interval + 1) * interval;
}

/// The moments that a rule names, without the bounds. `anchor`: from where it counts.
struct NextByRule {
  const Trigger& trigger;
  TimePoint anchor;
  TimePoint after;

  std::optional<TimePoint> operator()(const CronExpression& cron) const {
    const auto zone = zone_of(trigger);
    // A start at which it is due counts: 3.11 says no more than that nothing is due before it.
    const auto from = std::max(after, anchor - Duration(1));
    if (cron.follows_clock) return next_by_clock(cron, zone, from);
    return next_at_fixed_times(zone, from, [&](WallTime wall) { return next_due(cron, wall); });
  }

  std::optional<TimePoint> operator()(const Recurrence& recurrence) const {
    // 2.7, "no start_time → first run at once", and what was due at a start to come. With a pattern
    // that moment is passed over.
    if (after < anchor && !recurrence.has_pattern()) return anchor;
    const auto from = std::max(after, anchor);
    if (recurrence.frequency == Recurrence::Frequency::minute)
      return next_of_spans(anchor, chrono::minutes(recurrence.interval), from);
    if (recurrence.frequency == Recurrence::Frequency::hour)
      return next_of_spans(anchor, chrono::hours(recurrence.interval), from);
    const auto zone = zone_of(trigger);
    const auto wall_anchor = zone.wall_time(anchor);
    return next_at_fixed_times(
        zone, from, [&](WallTime wall) { return next_due(recurrence, wall_anchor, wall); });
  }

  std::optional<TimePoint> operator()(const Every& every) const {
    const bool from_creation = !trigger.start;
    return next_of_spans(from_creation ? anchor + every.interval : anchor, every.interval, after);
  }
};

}  // namespace

std::optional<TimePoint> next_fire(const Trigger& trigger, TimePoint created, TimePoint after) {
  const auto anchor = trigger.start.value_or(created);
  if (anchor < first_moment || anchor > last_moment || created > last_moment) return std::nullopt;
  // A start in the past: what was due before the creation was missed (2.7, 3.11).
  after = std::max({after, created - Duration(1), first_moment});
  if (after > last_moment) return std::nullopt;
  const auto last = std::min(trigger.end.value_or(last_moment), last_moment);
  const auto next = std::visit(NextByRule{trigger, anchor, after}, trigger.rule);
  return next && *next <= last ? next : std::nullopt;
}

std::string trigger_problem(const Trigger& trigger) {
  if (!TimeZone::find(trigger.time_zone)) return unknown_zone_text(trigger.time_zone);
  if (trigger.start && trigger.end && *trigger.end < *trigger.start)
    return fmt::format("the end, {}, is before the start, {}", iso_utc(*trigger.end),
                       iso_utc(*trigger.start));
  if (const auto* recurrence = std::get_if<Recurrence>(&trigger.rule))
    if (const auto problem = recurrence_problem(*recurrence)) return problem->message;
  if (const auto* every = std::get_if<Every>(&trigger.rule)) {
    if (every->interval < shortest_interval) return "an interval must be of at least one minute";
    if (every->interval > longest_interval) return "an interval must be of at most a century";
    if (every->interval % chrono::seconds(1) != Duration(0))
      return "an interval must be of whole seconds";
  }
  return {};
}

}  // namespace mlpipe
