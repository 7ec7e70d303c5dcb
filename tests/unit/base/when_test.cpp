#include "base/when.h"

#include <cstdlib>
#include <ctime>

#include "support/catch.h"

namespace mlpipe {
namespace {

const TimePoint noon =
    from_micros(std::int64_t{1'795'176'000} * 1'000'000);  // 2026-11-20 12:00 UTC

/// In UTC, as the machine's zone would be.
std::string moment(std::string_view text) {
  ::setenv("TZ", "UTC", 1);  // NOLINT(*-mt-unsafe)
  ::tzset();
  const auto parsed = parse_moment(text, noon);
  return parsed ? iso_utc(*parsed) : "nothing";
}

}  // namespace

TEST_CASE("durations are a number and a unit") {
  CHECK(parse_duration("90m") == std::chrono::minutes(90));
  CHECK(parse_duration("12h") == std::chrono::hours(12));
  CHECK(parse_duration("3d") == std::chrono::hours(72));
  CHECK(parse_duration("1.5 s") == std::chrono::milliseconds(1500));
  CHECK(parse_duration("250ms") == std::chrono::milliseconds(250));
  for (const char* text : {"", "3", "h", "-3h", "3 hh", "3h4", "1e99d", "nan s", "inf d"})
    CHECK_FALSE(parse_duration(text));
}

TEST_CASE("a moment is a date, a time of today, a word, or so long ago") {
  CHECK(iso_utc(noon) == "2026-11-20T12:00:00Z");
  CHECK(moment("2026-11-19") == "2026-11-19T00:00:00Z");
  CHECK(moment("2026-11-19 14:05") == "2026-11-19T14:05:00Z");
  CHECK(moment("2026-11-19T14:05:09Z") == "2026-11-19T14:05:09Z");
  CHECK(moment("08:30") == "2026-11-20T08:30:00Z");
  CHECK(moment("today") == "2026-11-20T00:00:00Z");
  CHECK(moment("yesterday") == "2026-11-19T00:00:00Z");
  CHECK(moment("3d") == "2026-11-17T12:00:00Z");
  CHECK(moment("90m ago") == "2026-11-20T10:30:00Z");
}

TEST_CASE("what is no moment is not taken for another") {
  for (const char* text : {"", "2026-13-01", "2026-02-30", "2026-1-1", "2026-11-19 25:00",
                           "2026-11-19 14:00x", "tomorrow", "20261119", "3", "3 parsecs",
                           "9999-12-31 23:59:59Z"})  // the year 10000 east of Greenwich
    CHECK(moment(text) == "nothing");
}

}  // namespace mlpipe
