#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cli/schedule_request.h"

namespace mlpipe {

/// A schedule as `schedule list --json` has it (schemas/schedules.schema.json).
[[nodiscard]] nlohmann::json schedule_json(const ScheduleRecord& schedule, OpenedSchedules& opened);
[[nodiscard]] nlohmann::json fire_json(const Fire& fire);

/// When it is due next, or why it is not: "2026-11-27 03:00 Europe/Berlin, in 3 h", "disabled since
/// …", "it has ended", "due since …".
[[nodiscard]] std::string next_fire_text(const ScheduleRecord& schedule, TimePoint at);
/// That nobody looked at what is due in the last minutes, and what to do; "" if somebody did.
[[nodiscard]] std::string who_ticks_text(const OpenedSchedules& opened, TimePoint at);

/// "the endpoint churn", "/w/pipeline.yaml", "run k3f…"
[[nodiscard]] std::string subject_text(const Submission& request);

/// "2026-11-27 03:00 CET"-like: in the schedule's zone.
[[nodiscard]] std::string moment_text(TimePoint moment, const std::string& zone);

}  // namespace mlpipe
