#include "cli/schedule_json.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/time_zone.h"
#include "cli/endpoint_json.h"
#include "cli/json_text.h"
#include "engine/tick_schedules.h"

namespace mlpipe {

using nlohmann::json;

namespace {

/// The first moment that is not decided: also one that has come, and waits for a tick.
std::optional<TimePoint> undecided(const ScheduleRecord& schedule) {
  if (schedule.is_disabled()) return std::nullopt;
  return next_fire(schedule.trigger, schedule.created, schedule.settled);
}

json values_json(const std::vector<std::pair<std::string, std::string>>& pairs) {
  json object = json::object();
  for (const auto& [name, value] : pairs) object[name] = value;
  return object;
}

}  // namespace

std::string moment_text(TimePoint moment, const std::string& zone) {
  const auto found = TimeZone::find(zone);
  return found ? wall_text(found->wall_time(moment)) + " " + found->name() : iso_utc(moment);
}

std::string subject_text(const Submission& request) {
  if (!request.endpoint.empty())
    return fmt::format("endpoint {}{}", request.endpoint,
                       request.version.empty() ? "" : ", version " + request.version);
  return request.from_run.empty() ? request.spec_file.string() : "run " + request.from_run;
}

std::string next_fire_text(const ScheduleRecord& schedule, TimePoint at) {
  if (schedule.is_disabled()) return "disabled since " + local_time_text(schedule.disabled);
  const auto next = undecided(schedule);
  if (!next) return "it has ended: it is not due any more";
  const auto when = moment_text(*next, schedule.trigger.time_zone);
  return *next <= at ? "due since " + when
                     : fmt::format("{}, in {}", when, duration_text(*next - at));
}

std::string who_ticks_text(const OpenedSchedules& opened, TimePoint at) {
  const auto last = last_tick(opened.state);
  if (last && at - *last <= tick_tolerance) return {};
  return fmt::format(
      "{}: `mlpipe schedule install` lets cron look every minute, `mlpipe schedule daemon` does it "
      "without cron",
      last ? "nobody has looked at what is due since " + local_time_text(*last)
           : "nobody looks at what is due yet");
}

json fire_json(const Fire& fire) {
  return {{"due", json_time(fire.due)},
          {"decided", json_time(fire.decided)},
          {"outcome", to_text(fire.outcome)},
          {"run_id", fire.run_id.empty() ? json() : json(fire.run_id)},
          {"message", fire.message}};
}

json schedule_json(const ScheduleRecord& schedule, OpenedSchedules& opened) {
  const auto& request = schedule.request;
  const auto fires = opened.schedules.fires_of(schedule.key, 1);
  const auto next = undecided(schedule);
  json inputs = json::object();
  for (const auto& [name, path] : request.inputs) inputs[name] = path.string();
  return {{"name", schedule.name},
          {"description", schedule.description},
          {"enabled", !schedule.is_disabled()},
          {"trigger", json::parse(encode(schedule.trigger))},
          {"when", describe(schedule.trigger)},
          {"time_zone", schedule.trigger.time_zone},
          {"endpoint", request.endpoint.empty() ? json() : json(request.endpoint)},
          {"version", request.version.empty() ? json() : json(request.version)},
          {"spec_file", request.spec_file.empty() ? json() : json(request.spec_file.string())},
          {"from_run", request.from_run.empty() ? json() : json(request.from_run)},
          {"parameters", values_json(request.parameters)},
          {"inputs", std::move(inputs)},
          {"experiment", request.experiment ? json(*request.experiment) : json()},
          {"tags", request.tags},
          {"compute_target", request.compute_target ? json(*request.compute_target) : json()},
          {"local", request.everything_local},
          {"continue_on_step_failure", request.continue_on_step_failure},
          {"regenerate_outputs", request.regenerate_outputs},
          {"settings", values_json(request.settings)},
          {"notifications", recipients_json(schedule.notifications)},
          {"overlap", to_text(schedule.overlap)},
          {"catch_up", to_text(schedule.catch_up)},
          {"created", json_time(schedule.created)},
          {"next_fire", next ? json_time(*next) : json()},
          {"status", next_fire_text(schedule, now())},
          {"last_fire", fires.empty() ? json() : fire_json(fires.front())}};
}

}  // namespace mlpipe
