#include "base/clock.h"

#include <string>

#include "support/catch.h"

namespace mlpipe {

TEST_CASE("a moment survives as microseconds and reads as UTC") {
  const TimePoint moment = from_micros(1'795'236'780'123'456);
  CHECK(to_micros(moment) == 1'795'236'780'123'456);
  CHECK(iso_utc(moment) == "2026-11-21T04:53:00Z");
  CHECK(iso_utc({}) == "1970-01-01T00:00:00Z");
  CHECK(iso_utc(from_micros(1'709'164'799'999'999)) == "2024-02-28T23:59:59Z");  // not rounded up
}

TEST_CASE("a local time has the form people read") {
  const std::string text = local_time_text(from_micros(1'795'236'780'000'000));
  REQUIRE(text.size() == 19);
  CHECK(text.substr(0, 8) == "2026-11-");  // 20, 21 or 22, as the zone has it
  CHECK(text[10] == ' ');
  CHECK(text[13] == ':');
}

TEST_CASE("durations are told in the unit a person reads at once") {
  using namespace std::chrono_literals;
  const auto [duration, text] = GENERATE(table<Duration, std::string>({
      {0us, "0.0 ms"},
      {999us, "0.9 ms"},
      {1ms, "1 ms"},
      {85'900us, "85 ms"},
      {999'999us, "999 ms"},
      {1s, "1.0 s"},
      {1'234ms, "1.2 s"},
      {59'940ms, "59.9 s"},
      {59'950ms, "1 min 00 s"},
      {200s, "3 min 20 s"},
      {3'599'400ms, "59 min 59 s"},
      {3'599'500ms, "1 h 00 min"},
      {125min, "2 h 05 min"},
      {47h, "47 h 00 min"},
      {50h, "2 d 02 h"},
      {168h, "7 d 00 h"},
  }));
  CHECK(duration_text(duration) == text);
}

TEST_CASE(
    "moments beyond what nanoseconds count are told, and those before 1970 are rounded down") {
  CHECK(iso_utc(from_micros(253'402'300'799'000'000)) == "9999-12-31T23:59:59Z");
  CHECK(iso_utc(from_micros(-1)) == "1969-12-31T23:59:59Z");
}

}  // namespace mlpipe
