#include "core/cron_expression.h"

#include "base/error.h"
#include "support/catch.h"
#include "support/moments.h"

namespace mlpipe {

namespace {

/// The first due times after a moment, with commas between them.
std::string due(std::string_view cron, std::string_view from, int count = 3) {
  const auto parsed = parse_cron_expression(cron);
  std::string all;
  auto at = wall(from);
  for (int index = 0; index < count; ++index) {
    const auto next = next_due(parsed, at);
    if (!next) return all + "never";
    all += (all.empty() ? "" : ", ") + wall_text(*next);
    at = *next + std::chrono::seconds(1);
  }
  return all;
}

std::string refusal(std::string_view cron) {
  try {
    static_cast<void>(parse_cron_expression(cron));
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    return error.what();
  }
  return "taken";
}

}  // namespace

TEST_CASE("five fields are honoured, all of them") {
  CHECK(due("30 3 * * *", "2026-01-01") == "2026-01-01 03:30, 2026-01-02 03:30, 2026-01-03 03:30");
  CHECK(due("0 0 15 * *", "2026-01-20") == "2026-02-15 00:00, 2026-03-15 00:00, 2026-04-15 00:00");
  CHECK(due("0 0 1 6 *", "2026-01-20", 2) == "2026-06-01 00:00, 2027-06-01 00:00");
  CHECK(due("0 9 * * 1", "2026-11-21", 2) == "2026-11-23 09:00, 2026-11-30 09:00");
}

TEST_CASE("a moment that is due counts from itself, and from within its minute no more") {
  CHECK(due("30 3 * * *", "2026-01-01 03:30", 1) == "2026-01-01 03:30");
  CHECK(due("30 3 * * *", "2026-01-01 03:30:01", 1) == "2026-01-02 03:30");
  CHECK(due("* * * * *", "2026-12-31 23:59:30", 1) == "2027-01-01 00:00");
}

TEST_CASE("steps count from the beginning of their range, or from a number on") {
  CHECK(due("*/25 1 * * *", "2026-01-01") ==
        "2026-01-01 01:00, 2026-01-01 01:25, 2026-01-01 01:50");
  CHECK(due("10-50/20 1 * * *", "2026-01-01") ==
        "2026-01-01 01:10, 2026-01-01 01:30, 2026-01-01 01:50");
  CHECK(due("5/15 1 * * *", "2026-01-01", 5) ==
        "2026-01-01 01:05, 2026-01-01 01:20, 2026-01-01 01:35, 2026-01-01 01:50, 2026-01-02 01:05");
}

TEST_CASE("lists hold numbers, ranges and steps") {
  CHECK(due("0 1,5-6,20/2 * * *", "2026-01-01", 6) ==
        "2026-01-01 01:00, 2026-01-01 05:00, 2026-01-01 06:00, 2026-01-01 20:00, "
        "2026-01-01 22:00, 2026-01-02 01:00");
}

TEST_CASE("months and weekdays have names, in any case, in full or short") {
  CHECK(parse_cron_expression("0 0 * JAN,march Mon-friday").months ==
        parse_cron_expression("0 0 * 1,3 1-5").months);
  CHECK(parse_cron_expression("0 0 * JAN,march Mon-friday").week_days ==
        parse_cron_expression("0 0 * 1,3 1-5").week_days);
}

TEST_CASE("Sunday is 0 and 7") {
  CHECK(parse_cron_expression("0 0 * * 0").week_days ==
        parse_cron_expression("0 0 * * 7").week_days);
  CHECK(parse_cron_expression("0 0 * * 7/2").week_days == std::bitset<7>(1));
  CHECK(parse_cron_expression("0 0 * * 5-7").week_days ==
        parse_cron_expression("0 0 * * 0,5,6").week_days);
  CHECK(parse_cron_expression("0 0 * * sun").week_days == std::bitset<7>(1));
  CHECK(parse_cron_expression("0 0 * * *").week_days.all());
}

TEST_CASE("of two restricted fields of days either is enough") {
  CHECK(due("0 0 13 * fri", "2026-11-01", 4) ==
        "2026-11-06 00:00, 2026-11-13 00:00, 2026-11-20 00:00, 2026-11-27 00:00");
  CHECK(due("0 0 1,15 * wed", "2026-07-01", 4) ==
        "2026-07-01 00:00, 2026-07-08 00:00, 2026-07-15 00:00, 2026-07-22 00:00");
}

TEST_CASE("a field of days that begins with * does not add days, but its step still counts") {
  CHECK(due("0 0 * * 1", "2026-11-01", 2) == "2026-11-02 00:00, 2026-11-09 00:00");
  CHECK(due("0 0 */10 * 1", "2026-11-01", 2) == "2026-12-21 00:00, 2027-01-11 00:00");
}

TEST_CASE("the 29th of February waits for a leap year, and over 2100 for eight years") {
  CHECK(due("0 0 29 2 *", "2026-01-01", 2) == "2028-02-29 00:00, 2032-02-29 00:00");
  CHECK(due("0 0 29 2 *", "2096-03-01", 1) == "2104-02-29 00:00");
  CHECK(due("0 0 31 * *", "2026-01-31 00:01", 3) ==
        "2026-03-31 00:00, 2026-05-31 00:00, 2026-07-31 00:00");
}

TEST_CASE("a word with @ stands for five fields") {
  CHECK(due("@hourly", "2026-01-01 00:01", 1) == "2026-01-01 01:00");
  CHECK(due("@daily", "2026-01-01 00:01", 1) == "2026-01-02 00:00");
  CHECK(due("@midnight", "2026-01-01 00:01", 1) == "2026-01-02 00:00");
  CHECK(due("@weekly", "2026-11-21", 1) == "2026-11-22 00:00");
  CHECK(due("@monthly", "2026-11-21", 1) == "2026-12-01 00:00");
  CHECK(due("@yearly", "2026-11-21", 1) == "2027-01-01 00:00");
  CHECK(due(" @Annually ", "2026-11-21", 1) == "2027-01-01 00:00");
  CHECK(parse_cron_expression("@Daily").text == "@daily");
}

TEST_CASE("the text is kept with single blanks") {
  CHECK(parse_cron_expression("  0\t3  * * MON ").text == "0 3 * * MON");
}

TEST_CASE("a star at the beginning of minute or hour follows the clock, nothing else does") {
  CHECK(parse_cron_expression("* 3 * * *").follows_clock);
  CHECK(parse_cron_expression("*/5 3 * * *").follows_clock);
  CHECK(parse_cron_expression("0 * * * *").follows_clock);
  CHECK(parse_cron_expression("@hourly").follows_clock);
  CHECK_FALSE(parse_cron_expression("0 3 * * *").follows_clock);
  CHECK_FALSE(parse_cron_expression("0 0-23 * * *").follows_clock);
  CHECK_FALSE(parse_cron_expression("@daily").follows_clock);
}

TEST_CASE("a number out of its field's bounds is refused with its place") {
  CHECK(refusal("61 * * * *") ==
        "cron expression '61 * * * *': character 1: minute 61 is not within 0-59");
  CHECK(refusal("0 24 * * *").ends_with("character 3: hour 24 is not within 0-23"));
  CHECK(refusal("0 0 0 * *").ends_with("character 5: day of the month 0 is not within 1-31"));
  CHECK(refusal("0 0 1,32 * *").ends_with("character 7: day of the month 32 is not within 1-31"));
  CHECK(refusal("0 0 * 13 *").ends_with("character 7: month 13 is not within 1-12"));
  CHECK(refusal("0 0 * * 1-8").ends_with("character 11: day of the week 8 is not within 0-7"));
  CHECK(refusal("99999999999 * * * *")
            .ends_with("character 1: minute 99999999999 is not within 0-59"));
}

TEST_CASE("what is no value is refused with what is one") {
  CHECK(refusal("x * * * *").ends_with("character 1: 'x' is no minute; expected 0-59"));
  CHECK(refusal("0 0 * abc *")
            .ends_with("character 7: 'abc' is no month; expected 1-12 or names such as feb"));
  CHECK(refusal("0 0 * * mo")
            .ends_with("'mo' is no day of the week; expected 0-7 (0 and 7 are Sunday) or names "
                       "such as mon"));
  CHECK(refusal("1, * * * *").ends_with("character 3: a minute is missing; expected 0-59"));
  CHECK(refusal("-5 * * * *").ends_with("character 1: a minute is missing; expected 0-59"));
  CHECK(refusal("** * * * *").find("'**' is no minute") != std::string::npos);
  CHECK(refusal("1.5 * * * *").find("'1.5' is no minute") != std::string::npos);
}

TEST_CASE("a step is a number from 1") {
  for (const char* cron : {"*/0 * * * *", "*/ * * * *", "*/x * * * *", "*/60 * * * *",
                           "*/5/5 * * * *", "*/-5 * * * *"})
    CHECK(refusal(cron).find("character 3: ") != std::string::npos);
  CHECK(refusal("*/0 * * * *")
            .ends_with("'0' is no step of the minute; expected a number from 1 to 59"));
}

TEST_CASE("ranges that run backwards are refused") {
  CHECK(refusal("0 22-5 * * *")
            .ends_with("character 3: the range 22-5 of the hour runs backwards; write two ranges "
                       "with a comma"));
  CHECK(refusal("0 0 * * fri-sun").ends_with("write 7 for a Sunday at the end"));
}

TEST_CASE("other than five fields are refused, six with the reason") {
  CHECK(refusal("").find("there is nothing") != std::string::npos);
  CHECK(refusal("0 3 * *").find("there are 4 fields; expected five: minute, hour") !=
        std::string::npos);
  CHECK(refusal("x").find("there is 1 field; expected five") != std::string::npos);
  CHECK(refusal("0 0 3 * * 1").find("character 11: there are six fields, but seconds") !=
        std::string::npos);
  CHECK(refusal("0 0 3 * * 1 2026").find("there are 7 fields") != std::string::npos);
  CHECK(refusal("@reboot").find("expected @hourly, @daily") != std::string::npos);
  CHECK(refusal("@daily x").find("stands alone") != std::string::npos);
}

TEST_CASE("what other schedulers have is refused by its name") {
  CHECK(refusal("0 0 L * *").find("character 5: 'L' (the last day) is not known here") !=
        std::string::npos);
  CHECK(refusal("0 0 15W * *").find("character 7: 'W' (the nearest working day)") !=
        std::string::npos);
  CHECK(refusal("0 0 * * 5L").find("'L' (the last day)") != std::string::npos);
  CHECK(refusal("0 0 * * 1#2").find("character 10: '#' (the second Monday") != std::string::npos);
  CHECK(refusal("0 0 ? * 1").find("'?' is not known here; write *") != std::string::npos);
  CHECK(refusal("0 0 0 ? * 1").find("'?' is not known here") != std::string::npos);
  CHECK(refusal("0 0 * jul,WED *").find("'WED' is no month") != std::string::npos);
}

TEST_CASE("what can never be due is refused") {
  CHECK(refusal("0 0 31 2 *")
            .ends_with("character 5: it is never due: no month that it names has such a day"));
  CHECK(refusal("0 0 31 4,6,9,11 *").find("never due") != std::string::npos);
  CHECK(refusal("0 0 30-31 feb *").find("never due") != std::string::npos);
  CHECK(refusal("0 0 31 2 1") == "taken");  // Mondays in February
  CHECK(refusal("0 0 29 2 */2") == "taken");
}

TEST_CASE("a message shows what it cannot print as it can") {
  CHECK(refusal("\x01 * * * *").find("'\\x01 * * * *': character 1") != std::string::npos);
}

}  // namespace mlpipe
