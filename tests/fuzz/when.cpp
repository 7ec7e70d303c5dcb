// Times and durations as people write them, also those of schedules, which name their zone.
#include "base/when.h"

#include <cstdlib>
#include <ctime>

#include "base/time_zone.h"
#include "fuzz/fuzz_target.h"

namespace mlpipe::fuzz {

namespace {

/// A moment as a schedule has it.
void check_in_zone(std::string_view text) {
  static const auto zone = TimeZone::find("Europe/Berlin").value_or(TimeZone());
  const auto moment = parse_moment_in(text, zone);
  if (!moment) return;
  constexpr std::int64_t year_1 =
      -62'135'500'000'000'000;  // an offset may lead out of what is read
  constexpr std::int64_t year_9999 = 253'402'200'000'000'000;
  if (to_micros(*moment) < year_1 || to_micros(*moment) > year_9999) return;
  require(parse_moment_in(iso_utc(*moment), TimeZone()) == moment, "in UTC it is the same",
          iso_utc(*moment));
  const auto wall = zone.wall_time(*moment);
  const auto shown = wall_text(wall);
  const auto moments = zone.moments_of(wall);
  require(moments.first == *moment || moments.second == *moment, "clocks show it then", shown);
  require(moments.kind != WallMoments::Kind::skipped, "no clock shows what is skipped", shown);
  require(parse_moment_in(shown, zone) == moments.first, "what clocks show can be read", shown);
}

}  // namespace

}  // namespace mlpipe::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mlpipe;
  using namespace mlpipe::fuzz;
  // A zone with summer time: some moments there are not, others are twice.
  static const bool zone_is_set = ::setenv("TZ", "Europe/Berlin", 1) == 0;
  require(zone_is_set, "there is an environment");
  const auto text = text_of(data, size);
  const auto now = from_micros(1'800'000'000'000'000);
  if (const auto duration = parse_duration(text)) {
    require(duration->count() >= 0, "no duration is negative");
    require(duration->count() <= 3'000'000'000'000'000, "no duration is longer than a century");
    (void)duration_text(*duration);
  }
  const auto moment = parse_moment(text, now);
  constexpr std::int64_t year_1019 = -30'000'000'000'000'000;  // before, years print otherwise
  if (moment && to_micros(*moment) > year_1019) {
    const auto local = local_time_text(*moment);
    const auto again = parse_moment(local, now);
    require(again.has_value(), "a moment that is printed can be read", local);
    // The hour that a change of the clocks repeats is read as either.
    const auto off = std::abs(to_micros(*again) - to_micros(*moment));
    require(off < 3'601'000'000, "a moment that is printed is read as the same", local);
    const auto utc = iso_utc(*moment);
    const auto exact = parse_moment(utc, now);
    require(exact.has_value() && std::abs(to_micros(*exact) - to_micros(*moment)) < 1'000'000,
            "in UTC exactly", utc);
  }
  check_in_zone(text);
  return 0;
}
