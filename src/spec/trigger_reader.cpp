#include "spec/trigger_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "spec/fields.h"
#include "spec/scalars.h"

namespace mlpipe {

namespace {

/// What only one kind of trigger has.
constexpr std::array recurrence_keys = {"frequency",  "interval",   "schedule",  "pattern",
                                        "hours",      "minutes",    "week_days", "weekdays",
                                        "month_days", "time_of_day"};

class TriggerReader {
 public:
  TriggerReader(const YamlValue& value, std::string_view what, Problems& problems)
      : what_(what),
        problems_(problems),
        fields_(value, Place::trigger, Spelling::cli_v2, what, problems) {}

  Trigger read() {
    Trigger trigger;
    const auto zone = read_zone();
    if (zone)
      trigger.time_zone =
          fields_.find("time_zone") == nullptr ? "UTC" : fields_.find("time_zone")->text;
    trigger.start = read_moment("start_time", zone.value_or(TimeZone()));
    trigger.end = read_moment("end_time", zone.value_or(TimeZone()));
    if (trigger.start && trigger.end && *trigger.end < *trigger.start)
      problems_.error(fields_.find("end_time")->mark, "'end_time' is before 'start_time'",
                      "it would never fire");
    if (is_cron())
      read_cron(trigger);
    else
      read_recurrence(trigger);
    return trigger;
  }

 private:
  /// The text of a scalar; nothing if there is none, or after a problem was reported.
  const YamlValue* single(std::string_view key) {
    const auto* value = fields_.find(key);
    if (value == nullptr || value->is_scalar()) return value;
    fields_.check_single(key, what_, problems_);
    return nullptr;
  }

  std::optional<TimeZone> read_zone() {
    const auto* name = single("time_zone");
    if (name == nullptr) return std::nullopt;
    auto zone = TimeZone::find(name->text);
    if (!zone) problems_.error(name->mark, unknown_zone_text(name->text));
    return zone;
  }

  std::optional<TimePoint> read_moment(std::string_view key, const TimeZone& zone) {
    const auto* written = single(key);
    if (written == nullptr) return std::nullopt;
    const auto moment = parse_moment_in(written->text, zone);
    if (!moment)
      problems_.error(written->mark,
                      fmt::format("'{}' is no date and time: '{}'", key, printable(written->text)),
                      "for example 2026-05-10T10:15:00, in the trigger's time_zone, or "
                      "2026-05-10T10:15:00-04:00");
    return moment;
  }

  bool is_cron() {
    const bool has_expression = fields_.find("expression") != nullptr;
    const auto* type = single("type");
    if (type == nullptr) return has_expression;
    const auto kind = lower_case(type->text);
    if (kind == "cron" || kind == "recurrence") return kind == "cron";
    const std::vector<std::string> kinds = {"cron", "recurrence"};
    problems_.error(type->mark,
                    fmt::format("unknown type '{}' of {}{}", printable(type->text), what_,
                                problems_.suggestion(kind, kinds)),
                    "expected " + any_of(kinds));
    return has_expression;
  }

  void read_cron(Trigger& trigger) {
    for (const auto* key : recurrence_keys)
      if (const auto* entry = fields_.entry(key))
        problems_.error(entry->mark,
                        fmt::format("'{}' goes with 'type: recurrence', not with cron", key),
                        "a cron trigger has an expression, start_time, end_time and time_zone");
    const auto* written = single("expression");
    if (written == nullptr) {
      if (fields_.find("expression") == nullptr && !fields_.has_unknown())
        problems_.error(fields_.mark(), fmt::format("{} has no 'expression'", what_),
                        "for example expression: \"0 3 * * *\", for 3 o'clock every day");
      return;
    }
    try {
      trigger.rule = parse_cron_expression(written->text);
    } catch (const Error& error) {
      problems_.error(written->mark, error.what());
    }
  }

  void read_recurrence(Trigger& trigger) {
    if (const auto* entry = fields_.entry("expression"))
      problems_.error(entry->mark, "'expression' goes with 'type: cron', not with recurrence");
    Recurrence recurrence;
    if (!read_frequency(recurrence)) return;
    if (const auto* interval = single("interval")) {
      const NamedText text{.text = interval->text, .mark = interval->mark, .what = "'interval'"};
      recurrence.interval = to_integer(text, 1, problems_).value_or(1);
      marks_.emplace_back("interval", interval->mark);
    }
    read_pattern(fields_, recurrence);
    for (const auto* key : {"schedule", "pattern"}) {
      const auto* pattern = fields_.find(key);
      if (pattern == nullptr) continue;
      const Fields inner(*pattern, Place::trigger_pattern, Spelling::cli_v2,
                         fmt::format("the {} of {}", key, what_), problems_);
      read_pattern(inner, recurrence);
    }
    read_time_of_day(recurrence);
    if (const auto problem = recurrence_problem(recurrence))
      problems_.error(mark_of(problem->field), problem->message);
    trigger.rule = recurrence;
  }

  bool read_frequency(Recurrence& recurrence) {
    const auto* written = single("frequency");
    if (written == nullptr) {
      if (fields_.find("frequency") == nullptr && !fields_.has_unknown())
        problems_.error(fields_.mark(), fmt::format("{} has no 'frequency'", what_),
                        "minute, hour, day, week or month; or an expression of cron");
      return false;
    }
    const auto frequency = parse_frequency(written->text);
    const std::vector<std::string> all = {"minute", "hour", "day", "week", "month"};
    if (frequency)
      recurrence.frequency = *frequency;
    else
      problems_.error(written->mark,
                      fmt::format("unknown frequency '{}'{}", printable(written->text),
                                  problems_.suggestion(written->text, all)),
                      "expected " + any_of(all));
    return frequency.has_value();
  }

  void read_pattern(const Fields& fields, Recurrence& recurrence) {
    read_numbers(fields, "hours", "hours", recurrence.hours);
    read_numbers(fields, "minutes", "minutes", recurrence.minutes);
    read_numbers(fields, "month_days", "month_days", recurrence.month_days);
    for (const auto* key : {"week_days", "weekdays"})
      read_numbers(fields, key, "week_days", recurrence.week_days);
  }

  /// A list of numbers, or one, or names of weekdays. The same in two places is an error, as either
  /// could be meant.
  void read_numbers(const Fields& fields, const char* key, const char* name,
                    std::vector<int>& numbers) {
    const auto* value = fields.find(key);
    if (value == nullptr) return;
    if (!numbers.empty()) {
      problems_.error(value->mark, fmt::format("'{}' is given twice", name));
      return;
    }
    marks_.emplace_back(name, value->mark);
    if (value->is_map()) {
      problems_.error(value->mark, fmt::format("'{}' must be a list, not a map", key));
      return;
    }
    if (value->is_scalar()) read_number(key, name, *value, numbers);
    for (const auto* item : value->items) read_number(key, name, *item, numbers);
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  }

  void read_number(const char* key, std::string_view name, const YamlValue& item,
                   std::vector<int>& numbers) {
    const bool names_days = name == "week_days";
    if (names_days && item.is_scalar()) {
      if (const auto day = parse_week_day(item.text)) {
        numbers.push_back(static_cast<int>(*day));
        return;
      }
    }
    const auto number = item.is_scalar() ? parse_integer(item.text) : std::nullopt;
    if (number && !names_days && *number >= 0 && *number <= 99) {
      numbers.push_back(static_cast<int>(*number));
      return;
    }
    std::string expected = "numbers from 0 to 59";
    if (name == "hours") expected = "numbers from 0 to 23";
    if (name == "month_days") expected = "numbers from 1 to 31";
    if (names_days) expected = "days such as monday";
    problems_.error(item.mark,
                    item.is_scalar()
                        ? fmt::format("'{}' cannot be one of '{}'", printable(item.text), key)
                        : fmt::format("'{}' must hold single values, not {}", key, kind_name(item)),
                    "expected " + expected);
  }

  /// SDK v1's way to write one hour and minute (azureml.md 2.7).
  void read_time_of_day(Recurrence& recurrence) {
    const auto* written = single("time_of_day");
    if (written == nullptr) return;
    if (!recurrence.hours.empty() || !recurrence.minutes.empty()) {
      problems_.error(written->mark, "'time_of_day' stands for 'hours' and 'minutes'",
                      "write one or the other");
      return;
    }
    if (!counts_in_calendar(recurrence.frequency)) {
      problems_.error(written->mark,
                      fmt::format("'time_of_day' goes with a frequency of day, week or month, not "
                                  "with {}",
                                  to_text(recurrence.frequency)));
      return;
    }
    const auto parts = split(std::string_view(written->text), ':');
    const auto hour = parse_integer(parts.front());
    const auto minute = parse_integer(parts.back());
    if (parts.size() != 2 || !hour || !minute || *hour < 0 || *hour > 23 || *minute < 0 ||
        *minute > 59) {
      problems_.error(written->mark,
                      fmt::format("'time_of_day' is no time: '{}'", printable(written->text)),
                      "expected hours and minutes, for example \"15:30\"");
      return;
    }
    recurrence.hours = {static_cast<int>(*hour)};
    recurrence.minutes = {static_cast<int>(*minute)};
  }

  [[nodiscard]] Mark mark_of(std::string_view field) const {
    for (const auto& [name, mark] : marks_)
      if (name == field) return mark;
    return fields_.mark();
  }

  std::string_view what_;
  Problems& problems_;
  Fields fields_;
  std::vector<std::pair<std::string_view, Mark>> marks_;  ///< Of the recurrence's fields.
};

}  // namespace

std::optional<Trigger> read_trigger(const YamlValue& value, std::string_view what,
                                    Problems& problems) {
  const auto errors_before = problems.error_count();
  auto trigger = TriggerReader(value, what, problems).read();
  return problems.error_count() == errors_before ? std::optional(std::move(trigger)) : std::nullopt;
}

bool looks_like_trigger(const YamlValue& value) {
  return value.find("frequency") != nullptr || value.find("expression") != nullptr;
}

}  // namespace mlpipe
