#include "base/time_zone.h"

#include <chrono>

#include "base/windows_zones.h"
#include "support/catch.h"
#include "support/moments.h"

namespace mlpipe {

namespace {

TimeZone zone(std::string_view name) { return TimeZone::find(name).value(); }

std::string moment_in(std::string_view text, std::string_view zone_name) {
  const auto moment = parse_moment_in(text, zone(zone_name));
  return moment ? iso_utc(*moment) : "nothing";
}

}  // namespace

TEST_CASE("a zone is found by its IANA name, by an older one, and by Windows' name in any case") {
  CHECK(zone("Europe/Berlin").name() == "Europe/Berlin");
  CHECK(zone("US/Pacific").name() == "US/Pacific");
  CHECK(zone("America/Argentina/Buenos_Aires").offset(utc("2026-01-01")) == std::chrono::hours(-3));
  CHECK(zone("UTC").name() == "UTC");
  CHECK(zone("Pacific Standard Time").name() == "America/Los_Angeles");
  CHECK(zone("w. europe standard time").name() == "Europe/Berlin");
  CHECK(zone("UTC-11").name() == "Etc/GMT+11");
  CHECK(zone("utc").offset(utc("2026-01-01")) == std::chrono::hours(0));
}

TEST_CASE("every zone of Windows is one that the system knows") {
  CHECK(all_windows_zones().size() > 130);
  for (const auto& each : all_windows_zones()) {
    INFO(each.windows_name);
    CHECK(TimeZone::find(each.windows_name).has_value());
    CHECK(iana_name_of_windows_zone(each.windows_name) == each.iana_name);
  }
}

TEST_CASE("what is no name of a zone is none, though there may be a file") {
  for (const char* name :
       {"", "Europe/Berln", "europe/berlin", "../../../etc/passwd", "/etc/localtime", "localtime",
        "posixrules", "posix/Europe/Berlin", "right/UTC", "Europe", "Europe/", "Europe/../UTC",
        "tzdata.zi", "zone.tab", "Fixed/UTC+01:00:00", "UTC+3", "Berlin Standard Time"})
    CHECK_FALSE(TimeZone::find(name));
  CHECK_FALSE(TimeZone::find(std::string(200, 'A')));
}

TEST_CASE("a name that is nearly right is told the right one") {
  CHECK(unknown_zone_text("Europe/Berln").find("(did you mean 'Europe/Berlin'?)") !=
        std::string::npos);
  CHECK(unknown_zone_text("berlin").find("(did you mean 'Europe/Berlin'?)") != std::string::npos);
  CHECK(unknown_zone_text("EUROPE/BERLIN").find("'Europe/Berlin'?") != std::string::npos);
  CHECK(unknown_zone_text("Pacific Standart Time").find("'Pacific Standard Time'?") !=
        std::string::npos);
  CHECK(unknown_zone_text("qqqqqqqq\n").starts_with("unknown time zone 'qqqqqqqq\\x0a'; expected"));
}

TEST_CASE("clocks are ahead of UTC by what the day's rule says, in any year") {
  const auto berlin = zone("Europe/Berlin");
  CHECK(berlin.offset(utc("2026-01-15")) == std::chrono::hours(1));
  CHECK(berlin.offset(utc("2026-07-15")) == std::chrono::hours(2));
  CHECK(berlin.offset(utc("2045-07-15")) == std::chrono::hours(2));
  CHECK(wall_text(berlin.wall_time(utc("2026-07-15 10:00"))) == "2026-07-15 12:00");
  CHECK(wall_text(berlin.wall_time(utc("2026-12-31 23:30:05"))) == "2027-01-01 00:30:05");
  CHECK(wall_text(berlin.wall_time(utc("1969-12-31 23:59:59"))) == "1970-01-01 00:59:59");
}

TEST_CASE("an hour that clocks skip is said to be so, with the moment of the change") {
  const auto moments = zone("Europe/Berlin").moments_of(wall("2026-03-29 02:30"));
  CHECK(moments.kind == WallMoments::Kind::skipped);
  CHECK(moments.first == utc("2026-03-29 01:00"));
  CHECK(moments.skipped_span == std::chrono::hours(1));
  const auto samoa = zone("Pacific/Apia").moments_of(wall("2011-12-30 12:00"));
  CHECK(samoa.kind == WallMoments::Kind::skipped);
  CHECK(samoa.skipped_span == std::chrono::hours(24));
}

TEST_CASE("an hour that clocks repeat has both of its moments") {
  const auto moments = zone("America/New_York").moments_of(wall("2026-11-01 01:30"));
  CHECK(moments.kind == WallMoments::Kind::repeated);
  CHECK(moments.first == utc("2026-11-01 05:30"));
  CHECK(moments.second == utc("2026-11-01 06:30"));
  const auto other = zone("America/New_York").moments_of(wall("2026-11-01 02:00"));
  CHECK(other.kind == WallMoments::Kind::once);
  CHECK(other.first == utc("2026-11-01 07:00"));
  CHECK(other.second == other.first);
}

TEST_CASE("the next change of the clocks is found, forward and back") {
  const auto berlin = zone("Europe/Berlin");
  CHECK(berlin.next_change(utc("2026-01-01")) == utc("2026-03-29 01:00"));
  CHECK(berlin.next_change(utc("2026-03-29 01:00")) == utc("2026-10-25 01:00"));
  CHECK(berlin.next_change(utc("2026-10-25 00:59:59")) == utc("2026-10-25 01:00"));
  CHECK(berlin.next_change(utc("2050-01-01")) == utc("2050-03-27 01:00"));
  CHECK_FALSE(zone("UTC").next_change(utc("2026-01-01")));
  CHECK_FALSE(zone("Asia/Tokyo").next_change(utc("2026-01-01")));
}

TEST_CASE("a time is of the zone unless it has an offset of its own") {
  CHECK(moment_in("2022-05-10T10:15:00", "Europe/Berlin") == "2022-05-10T08:15:00Z");
  CHECK(moment_in("2022-05-10 10:15", "America/New_York") == "2022-05-10T14:15:00Z");
  CHECK(moment_in("2022-05-10T10:15:00-04:00", "Europe/Berlin") == "2022-05-10T14:15:00Z");
  CHECK(moment_in("2022-05-10T10:15:00+0530", "Europe/Berlin") == "2022-05-10T04:45:00Z");
  CHECK(moment_in("2022-05-10T10:15:00.250Z", "Europe/Berlin") == "2022-05-10T10:15:00Z");
  CHECK(moment_in("2022-05-10T10:15+02", "UTC") == "2022-05-10T08:15:00Z");
  CHECK(moment_in("2022-05-10", "Europe/Berlin") == "2022-05-09T22:00:00Z");
  CHECK(moment_in("2026-03-29 02:30", "Europe/Berlin") == "2026-03-29T01:00:00Z");
  CHECK(moment_in("2026-10-25 02:30", "Europe/Berlin") == "2026-10-25T00:30:00Z");
  CHECK(moment_in("0001-01-01", "UTC") == "0001-01-01T00:00:00Z");
  CHECK(moment_in("9999-12-31T23:59:59", "UTC") == "9999-12-31T23:59:59Z");
}

TEST_CASE("what is no date and time is none") {
  for (const char* text :
       {"", "now", "10:15", "2022-02-30", "2022-13-01", "2022-00-01", "0000-01-01", "22-05-10",
        "2022-05-10T", "2022-05-10T24:00", "2022-05-10T10:60", "2022-05-10T10:15:60",
        "2022-05-10T10:15:00.Z", "2022-05-10T10:15:00+25:00", "2022-05-10T10:15:00+02:00x",
        "2022-05-10T10:15:00 CET", "20220510", "2022-05-10x10:15", "+022-05-10"})
    CHECK(moment_in(text, "UTC") == "nothing");
}

}  // namespace mlpipe
