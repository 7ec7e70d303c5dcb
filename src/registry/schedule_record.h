#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "core/notification.h"
#include "core/run.h"
#include "core/trigger.h"
#include "registry/submission.h"

namespace mlpipe {

/// A schedule's row; only Schedules makes them.
struct ScheduleKey {
  std::int64_t value = 0;
  auto operator<=>(const ScheduleKey&) const = default;
};

/// What becomes of a moment at which the schedule is due while a run of it has not ended.
enum class Overlap : std::uint8_t {
  skip,    ///< Nothing.
  queue,   ///< A run that waits for the others.
  cancel,  ///< The others are canceled.
};

/// What becomes of moments at which nobody looked: the machine slept.
enum class CatchUp : std::uint8_t {
  none,  ///< Nothing.
  last,  ///< The last one is made up for.
  all,   ///< Each is.
};

/// "skip", "queue", "cancel"; "none", "last", "all".
[[nodiscard]] std::string_view to_text(Overlap overlap);
[[nodiscard]] std::string_view to_text(CatchUp catch_up);

/// When what is submitted.
struct ScheduleRecord {
  ScheduleKey key;
  std::string name;
  std::string description;
  Trigger trigger;
  Submission request;  ///< `${{creation_context.trigger_time}}` in values is the moment it was due.
  Overlap overlap = Overlap::skip;
  CatchUp catch_up = CatchUp::last;
  std::vector<Notification> notifications;  ///< Who is told of its runs' ends, too.
  TimePoint created{};
  TimePoint settled{};   ///< What became of all that was due up to then is decided.
  TimePoint disabled{};  ///< Since when it does not fire; unset: it does.

  [[nodiscard]] bool is_disabled() const { return disabled != TimePoint{}; }
};

/// Whether all is equal that `schedule update` can change.
[[nodiscard]] bool has_equal_orders(const ScheduleRecord& one, const ScheduleRecord& other);

/// A moment at which a schedule was due, or was triggered by hand.
struct Fire {
  enum class Outcome : std::uint8_t {
    submitted,
    skipped,  ///< By its overlap policy.
    missed,   ///< Nobody looked in time, and it is not made up for.
    failed,   ///< It could not be submitted: `message` says why.
  };

  TimePoint due{};
  TimePoint decided{};
  Outcome outcome = Outcome::submitted;
  RunKey run;          ///< 0: none.
  std::string run_id;  ///< Filled in where it is read.
  std::string message;
};

[[nodiscard]] std::string_view to_text(Fire::Outcome outcome);

}  // namespace mlpipe
