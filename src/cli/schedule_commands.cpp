// mlpipe schedule create, enable, disable, delete, trigger.
#include <fmt/format.h>

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

}  // namespace

int create_schedule_command(const Arguments& arguments) {
  const auto workspace = open_workspace_of(arguments);
  auto asked = read_schedule_request(arguments, workspace);
  for (const auto& warning : asked.warnings) fmt::print(stderr, "{}\n", warning);
  OpenedSchedules opened(workspace);
  // What would fail at three in the night is told now.
  (void)prepare_submit({.submission = request_at(asked.schedule.request, asked.schedule.created)},
                       workspace, opened.history);
  opened.history.begin_batch();
  const auto schedule = opened.schedules.create(asked.schedule);
  if (!schedule.request.from_run.empty())  // gc is to leave what it needs
    opened.history.set_pinned(opened.history.find_run(schedule.request.from_run).key, true);
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
