// mlpipe schedule list, show, simulate.
#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/schedule_json.h"
#include "cli/table.h"

namespace mlpipe {

namespace {

using nlohmann::json;

constexpr std::size_t most_fires_shown = 20;
constexpr std::size_t most_simulated = 1'000'000;

std::string fire_text(const Fire& fire, const std::string& zone) {
  auto text = fmt::format("{}: {}", moment_text(fire.due, zone), to_text(fire.outcome));
  if (!fire.run_id.empty()) text += ", run " + fire.run_id;
  if (!fire.message.empty()) text += ", " + std::string(split(fire.message, '\n').front());
  return text;
}

void print_schedules(const std::vector<ScheduleRecord>& schedules, OpenedSchedules& opened) {
  Table table({{"schedule", Table::Align::left, true},
               {"runs", Table::Align::left, true},
               {"when", Table::Align::left, true, true},
               {"last", Table::Align::left, true, true},
               {"next", Table::Align::left, true, true}});
  for (const auto& schedule : schedules) {
    const auto fires = opened.schedules.fires_of(schedule.key, 1);
    table.add(
        {{schedule.name},
         {printable(subject_text(schedule.request))},
         {describe(schedule.trigger)},
         {fires.empty() ? "" : printable(fire_text(fires.front(), schedule.trigger.time_zone))},
         {next_fire_text(schedule, now())}});
  }
  fmt::print("{}", table.text(Terminal(1)));
  if (const auto hint = who_ticks_text(opened, now()); !hint.empty()) fmt::print("{}\n", hint);
}

void print_schedule(const ScheduleRecord& schedule, OpenedSchedules& opened) {
  const auto row = [](const char* name, const std::string& value) {
    if (!value.empty()) fmt::print("{:<11} {}\n", name, printable(value));
  };
  const auto pairs = [](const auto& values) {
    std::string text;
    for (const auto& [name, value] : values)
      text += fmt::format("{}{}={}", text.empty() ? "" : ", ", name, std::string(value));
    return text;
  };
  row("schedule", schedule.name);
  row("description", schedule.description);
  row("runs", subject_text(schedule.request));
  row("when", describe(schedule.trigger));
  row("status", next_fire_text(schedule, now()));
  row("", who_ticks_text(opened, now()));
  row("parameters", pairs(schedule.request.parameters));
  row("inputs", pairs(schedule.request.inputs));
  row("tags", pairs(schedule.request.tags));
  row("overlap", std::string(to_text(schedule.overlap)));
  row("catch up", std::string(to_text(schedule.catch_up)));
  row("created", local_time_text(schedule.created));
  for (const auto& notification : schedule.notifications)
    row(notification.when == Notification::When::success ? "on success" : "on failure",
        shown_target(notification));
  const auto fires = opened.schedules.fires_of(schedule.key, most_fires_shown);
  if (fires.empty()) return;
  Table table({{"due"}, {"outcome"}, {"run"}, {"why", Table::Align::left, true, true}});
  for (const auto& fire : fires)
    table.add({{moment_text(fire.due, schedule.trigger.time_zone)},
               {std::string(to_text(fire.outcome))},
               {fire.run_id},
               {printable(fire.message)}});
  fmt::print("\n{}", table.text(Terminal(1)));
}

}  // namespace

int list_schedules_command(const Arguments& arguments) {
  const auto workspace = open_workspace_of(arguments);
  std::optional<OpenedSchedules> opened;
  if (StateDirectory{workspace.state_directory}.exists())
    opened.emplace(arguments, Database::Mode::read_only);
  const auto schedules = opened ? opened->schedules.all() : std::vector<ScheduleRecord>();
  if (arguments.json) {
    json list = json::array();
    for (const auto& schedule : schedules) list.push_back(schedule_json(schedule, *opened));
    fmt::print("{}\n", json_document({{"schedules", list}}));
  } else if (schedules.empty()) {
    fmt::print("there are no schedules: `mlpipe schedule create` makes one\n");
  } else {
    print_schedules(schedules, *opened);
  }
  return 0;
}

int show_schedule_command(const Arguments& arguments) {
  OpenedSchedules opened(arguments, Database::Mode::read_only);
  const auto schedule = opened.schedules.get(arguments.schedule);
  if (!arguments.json) {
    print_schedule(schedule, opened);
    return 0;
  }
  auto document = schedule_json(schedule, opened);
  document["fires"] = json::array();
  for (const auto& fire : opened.schedules.fires_of(schedule.key, most_fires_shown))
    document["fires"].push_back(fire_json(fire));
  fmt::print("{}\n", json_document(document));
  return 0;
}

int simulate_schedule_command(const Arguments& arguments) {
  Trigger trigger;
  TimePoint created{};
  if (!arguments.schedule.empty()) {
    OpenedSchedules opened(arguments, Database::Mode::read_only);
    const auto schedule = opened.schedules.get(arguments.schedule);
    trigger = schedule.trigger;
    created = schedule.created;
  } else {
    trigger = trigger_of(arguments);
  }
  const auto from = arguments.from_moment.empty()
                        ? now()
                        : moment_of_option(arguments.from_moment, "--from", trigger.time_zone);
  const auto to = arguments.to_moment.empty()
                      ? from + std::chrono::hours(24 * 7)
                      : moment_of_option(arguments.to_moment, "--to", trigger.time_zone);
  if (to <= from)
    fail(ErrorKind::usage, "--to is not after {}",
         arguments.from_moment.empty() ? "now" : "--from");
  // As if it had been there: people ask what it would have done, too. Intervals stay where they
  // are.
  if (arguments.schedule.empty())
    created = from;
  else if (trigger.start || std::holds_alternative<CronExpression>(trigger.rule))
    created = std::min(created, from);
  json moments = json::array();
  std::size_t count = 0;
  for (auto moment = next_fire(trigger, created, from - std::chrono::microseconds(1));
       moment && *moment < to && count < most_simulated;
       moment = next_fire(trigger, created, *moment), ++count) {
    if (arguments.json)
      moments.push_back(json_time(*moment));
    else
      fmt::print("{}  {}\n", iso_utc(*moment), moment_text(*moment, trigger.time_zone));
  }
  if (arguments.json)
    fmt::print("{}\n", json_document({{"when", describe(trigger)},
                                      {"from", json_time(from)},
                                      {"to", json_time(to)},
                                      {"fires", std::move(moments)}}));
  else if (count == 0)
    fmt::print("not due once: {}\n", describe(trigger));
  return 0;
}

}  // namespace mlpipe
