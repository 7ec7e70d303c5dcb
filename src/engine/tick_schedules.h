#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "core/workspace.h"
#include "engine/state_directory.h"
#include "registry/schedules.h"
#include "registry/submissions.h"

namespace mlpipe {

/// What became of one moment at which a schedule was due.
struct FireNews {
  std::string schedule;
  Fire fire;
};

struct TickResult {
  std::vector<FireNews> news;  ///< Without what was missed.
  std::size_t missed = 0;
  /// Of schedules that could not be looked at: the system failed. The next tick tries again.
  std::vector<std::string> problems;
  bool was_busy = false;  ///< Another tick was at work: nothing was done.
};

/// So late something due may be looked at and count as on time. Ticks come once a minute.
inline constexpr Duration tick_tolerance = std::chrono::minutes(5);

/// What is to be done about moments that have come.
struct DueMoments {
  std::vector<TimePoint> to_run;  ///< Oldest first.
  std::vector<TimePoint> missed;  ///< Likewise; with those before and between the others.
};

/// Which of the moments after `schedule.settled`, up to `now`, are run, by its catch-up policy:
/// all; the last one; or (none) the last one if it is not later than the tolerance. At most `most`
/// are to be run; then nothing after the last of them is in it.
[[nodiscard]] DueMoments due_moments(const ScheduleRecord& schedule, TimePoint now,
                                     std::size_t most);

/// Submit what is due. Idempotent: what becomes of a moment is decided in the transaction in which
/// its run is promised, so that a kill, two tickers at once and a clock that is set back change
/// nothing in which runs there are.
[[nodiscard]] TickResult tick_schedules(const Workspace& workspace, const Clock& clock);

/// Submit it now, whether it is due or not, by its overlap policy; with these values, too. Throws
/// as a submit.
[[nodiscard]] Fire trigger_schedule(
    const Workspace& workspace, const std::string& name,
    const std::vector<std::pair<std::string, std::string>>& parameters, TimePoint at);

/// The request as it is submitted: `${{creation_context.trigger_time}}` is `due` as
/// "2026-11-26T03:00:00Z" (azureml.md 3.11).
[[nodiscard]] Submission request_at(Submission request, TimePoint due);

/// When somebody ticked last; nothing if nobody ever did.
[[nodiscard]] std::optional<TimePoint> last_tick(const StateDirectory& state);

/// The properties of a run that a schedule submitted.
inline constexpr const char* schedule_property = "mlpipe.schedule";
inline constexpr const char* trigger_time_property = "mlpipe.trigger_time";

}  // namespace mlpipe
