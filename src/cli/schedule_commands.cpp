// mlpipe schedule create, update, enable, disable, delete, trigger.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "cli/requests.h"
#include "cli/schedule_json.h"
#include "cli/schedule_request.h"
#include "engine/submit_run.h"
#include "engine/tick_schedules.h"
#include "registry/endpoints.h"

namespace mlpipe {

namespace {

int tell_schedule(const Arguments& arguments, OpenedSchedules& opened, bool changed,
                  const std::string& sentence) {
  if (arguments.json) {
    auto document = schedule_json(opened.schedules.get(arguments.schedule), opened);
    document["changed"] = changed;
    fmt::print("{}\n", json_document(document));
  } else {
    fmt::print("{}{}\n", sentence, changed ? "" : " already: nothing was changed");
  }
  return 0;
}

/// What would fail at three in the night is told now.
void check_submit(const ScheduleRecord& schedule, OpenedSchedules& opened) {
  (void)prepare_submit({.submission = request_at(schedule.request, schedule.created)},
                       opened.workspace, opened.history);
}

/// gc is to leave what the schedule needs. In a batch.
void pin_repeated_run(const ScheduleRecord& schedule, History& history) {
  const auto& run = schedule.request.from_run;
  if (!run.empty()) history.set_pinned(history.find_run(run).key, true);
}

/// Whether any option says what is to be changed.
bool changes_anything(const Arguments& arguments) {
  const auto is_given = [](const std::string* text) { return !text->empty(); };
  const auto are_given = [](const std::vector<std::string>* list) { return !list->empty(); };
  const std::array texts = {
      &arguments.schedule_file, &arguments.cron,          &arguments.every,
      &arguments.time_zone,     &arguments.start,         &arguments.end,
      &arguments.overlap,       &arguments.catch_up,      &arguments.description,
      &arguments.endpoint,      &arguments.spec,          &arguments.endpoint_version,
      &arguments.experiment,    &arguments.compute_target};
  const std::array lists = {&arguments.parameters, &arguments.inputs, &arguments.tags,
                            &arguments.on_success, &arguments.on_failure};
  return std::any_of(texts.begin(), texts.end(), is_given) ||
         std::any_of(lists.begin(), lists.end(), are_given) || arguments.no_notifications ||
         arguments.everything_local || arguments.regenerate_outputs ||
         arguments.continue_on_step_failure;
}

/// Nothing if somebody else changed it meanwhile.
std::optional<ScheduleRequest> try_update(const Arguments& arguments, const ScheduleRecord& before,
                                          OpenedSchedules& opened) {
  auto asked = changed_schedule(arguments, before, opened.workspace);
  if (asked.schedule.request != before.request) check_submit(asked.schedule, opened);
  opened.history.begin_batch();
  if (!opened.schedules.update(before, asked.schedule)) {
    opened.history.abandon_batch();
    return std::nullopt;
  }
  if (asked.schedule.request != before.request) pin_repeated_run(asked.schedule, opened.history);
  opened.history.commit_batch();
  return asked;
}

}  // namespace

int create_schedule_command(const Arguments& arguments) {
  const auto workspace = open_workspace_of(arguments);
  auto asked = read_schedule_request(arguments, workspace);
  for (const auto& warning : asked.warnings) fmt::print(stderr, "{}\n", warning);
  OpenedSchedules opened(workspace);
  check_submit(asked.schedule, opened);
  opened.history.begin_batch();
  const auto schedule = opened.schedules.create(asked.schedule);
  pin_repeated_run(schedule, opened.history);
  opened.history.commit_batch();
  if (arguments.json) {
    auto document = schedule_json(schedule, opened);
    document["changed"] = true;
    fmt::print("{}\n", json_document(document));
    return 0;
  }
  fmt::print("schedule '{}' is made: {}\n", schedule.name, describe(schedule.trigger));
  fmt::print("next: {}\n", next_fire_text(schedule, now()));
  if (const auto hint = who_ticks_text(opened, now()); !hint.empty()) fmt::print("{}\n", hint);
  return 0;
}

int update_schedule_command(const Arguments& arguments) {
  if (!changes_anything(arguments))
    fail(ErrorKind::usage,
         "nothing of the schedule '{}' is to be changed: give --cron, --timezone, -p … (`mlpipe "
         "schedule update --help` has all)",
         printable(arguments.schedule));
  OpenedSchedules opened(chosen_workspace(arguments), Database::Mode::read_write);
  for (;;) {
    const auto before = opened.schedules.get(arguments.schedule);
    const auto asked = try_update(arguments, before, opened);
    if (!asked) continue;
    for (const auto& warning : asked->warnings) fmt::print(stderr, "{}\n", warning);
    const auto& schedule = asked->schedule;
    const bool changed = !has_equal_orders(before, schedule);
    return tell_schedule(
        arguments, opened, changed,
        changed ? fmt::format("schedule '{}' is changed: {}\nnext: {}", schedule.name,
                              describe(schedule.trigger), next_fire_text(schedule, now()))
                : fmt::format("the schedule '{}' is so", schedule.name));
  }
}

int enable_schedule_command(const Arguments& arguments) {
  OpenedSchedules opened(arguments, Database::Mode::read_write);
  const bool changed = opened.schedules.set_enabled(arguments.schedule, true, now());
  return tell_schedule(arguments, opened, changed,
                       fmt::format("the schedule '{}' is enabled", arguments.schedule));
}

int disable_schedule_command(const Arguments& arguments) {
  OpenedSchedules opened(arguments, Database::Mode::read_write);
  const bool changed = opened.schedules.set_enabled(arguments.schedule, false, now());
  return tell_schedule(arguments, opened, changed,
                       fmt::format("the schedule '{}' is disabled", arguments.schedule));
}

int delete_schedule_command(const Arguments& arguments) {
  OpenedSchedules opened(arguments, Database::Mode::read_write);
  auto document = schedule_json(opened.schedules.get(arguments.schedule), opened);
  document["changed"] = true;
  opened.schedules.remove(arguments.schedule, now());
  if (arguments.json)
    fmt::print("{}\n", json_document(document));
  else
    fmt::print("the schedule '{}' is deleted; its runs stay\n", arguments.schedule);
  return 0;
}

int trigger_schedule_command(const Arguments& arguments) {
  const OpenedSchedules opened(arguments, Database::Mode::read_only);
  const auto fire = trigger_schedule(opened.workspace, arguments.schedule,
                                     overrides_of(arguments).parameters, now());
  if (arguments.json)
    fmt::print("{}\n", json_document(fire_json(fire)));
  else if (fire.outcome == Fire::Outcome::submitted)
    fmt::print("{}\n", fire.run_id);
  else
    fmt::print(stderr, "nothing was submitted: {}\n", fire.message);
  return fire.outcome == Fire::Outcome::submitted ? 0 : 1;
}

}  // namespace mlpipe
