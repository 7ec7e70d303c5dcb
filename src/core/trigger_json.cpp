// {"cron":"0 3 * * *"} or {"every_seconds":900} or {"recurrence":{"frequency":"week","interval":1,
// "hours":[3],"minutes":[],"week_days":[1],"month_days":[]}}, with "time_zone", and "start" and
// "end" in UTC ("2026-11-21T04:53:00Z") where there are such bounds.
#include <limits>

#include "base/error.h"
#include "base/json.h"
#include "core/trigger.h"

namespace mlpipe {

using nlohmann::json;

namespace {

json rule_json(const Recurrence& recurrence) {
  return {{"frequency", to_text(recurrence.frequency)},
          {"interval", recurrence.interval},
          {"hours", recurrence.hours},
          {"minutes", recurrence.minutes},
          {"week_days", recurrence.week_days},
          {"month_days", recurrence.month_days}};
}

/// Throws json::exception for anything but a whole number that an int64 holds.
std::int64_t whole_number(const json& value) {
  if (!value.is_number_integer() ||
      (value.is_number_unsigned() &&
       value.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()}))
    throw json::type_error::create(302, "not a whole number", &value);
  return value.get<std::int64_t>();
}

/// One that an int holds.
int small_number(const json& value) {
  const auto number = whole_number(value);
  if (number < std::numeric_limits<int>::min() || number > std::numeric_limits<int>::max())
    throw json::type_error::create(302, "not a small number", &value);
  return static_cast<int>(number);
}

std::vector<int> small_numbers(const json& list) {
  std::vector<int> numbers;
  if (!list.is_array()) throw json::type_error::create(302, "not a list", &list);
  for (const auto& each : list) numbers.push_back(small_number(each));
  return numbers;
}

std::optional<Recurrence> recurrence_in(const json& object) {
  const auto frequency = parse_frequency(object.at("frequency").get<std::string>());
  if (!frequency) return std::nullopt;
  return Recurrence{.frequency = *frequency,
                    .interval = small_number(object.at("interval")),
                    .hours = small_numbers(object.at("hours")),
                    .minutes = small_numbers(object.at("minutes")),
                    .week_days = small_numbers(object.at("week_days")),
                    .month_days = small_numbers(object.at("month_days"))};
}

bool is_sorted_set(const std::vector<int>& values) {
  for (std::size_t index = 1; index < values.size(); ++index)
    if (values[index - 1] >= values[index]) return false;
  return true;
}

bool keeps_the_rules(const Recurrence& recurrence) {
  return !recurrence_problem(recurrence) && is_sorted_set(recurrence.hours) &&
         is_sorted_set(recurrence.minutes) && is_sorted_set(recurrence.week_days) &&
         is_sorted_set(recurrence.month_days);
}

bool keeps_the_rules(const Every& every) {
  return every.interval >= shortest_interval && every.interval <= longest_interval;
}

/// False if there is no rule, or more than one.
bool read_rule(const json& object, Trigger& trigger) {
  int rules = 0;
  if (object.contains("cron")) {
    trigger.rule = parse_cron_expression(object["cron"].get<std::string>());
    ++rules;
  }
  if (object.contains("recurrence")) {
    const auto recurrence = recurrence_in(object["recurrence"]);
    if (!recurrence || !keeps_the_rules(*recurrence)) return false;
    trigger.rule = *recurrence;
    ++rules;
  }
  if (object.contains("every_seconds")) {
    constexpr std::int64_t most = longest_interval / std::chrono::seconds(1);
    const auto seconds = whole_number(object["every_seconds"]);
    if (seconds < 0 || seconds > most) return false;
    const Every every{.interval = std::chrono::seconds(seconds)};
    if (!keeps_the_rules(every)) return false;
    trigger.rule = every;
    ++rules;
  }
  return rules == 1;
}

std::optional<TimePoint> moment_in(const json& object, const char* name) {
  if (!object.contains(name)) return std::nullopt;
  return parse_moment_in(object[name].get<std::string>(), TimeZone());
}

}  // namespace

std::string encode(const Trigger& trigger) {
  json object = {{"time_zone", trigger.time_zone}};
  if (const auto* cron = std::get_if<CronExpression>(&trigger.rule)) object["cron"] = cron->text;
  if (const auto* recurrence = std::get_if<Recurrence>(&trigger.rule))
    object["recurrence"] = rule_json(*recurrence);
  if (const auto* every = std::get_if<Every>(&trigger.rule))
    object["every_seconds"] = every->interval / std::chrono::seconds(1);
  if (trigger.start) object["start"] = iso_utc(*trigger.start);
  if (trigger.end) object["end"] = iso_utc(*trigger.end);
  return object.dump();
}

std::optional<Trigger> decode_trigger(std::string_view text) {
  try {
    const auto object = parse_json_object(text);
    Trigger trigger{.time_zone = object.at("time_zone").get<std::string>(),
                    .start = moment_in(object, "start"),
                    .end = moment_in(object, "end")};
    if (!is_zone_name(trigger.time_zone) || !read_rule(object, trigger)) return std::nullopt;
    // Whatever else there is, or is written otherwise, is no text of encode()'s.
    return encode(trigger) == text ? std::optional(trigger) : std::nullopt;
  } catch (const json::exception&) {
    return std::nullopt;
  } catch (const Error&) {  // of the cron expression
    return std::nullopt;
  }
}

}  // namespace mlpipe
