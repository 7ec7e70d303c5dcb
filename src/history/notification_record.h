#pragma once

#include <string>

#include "base/clock.h"
#include "core/notification.h"
#include "core/run.h"

namespace mlpipe {

/// A notification's row in the history; only History makes them.
struct NotificationKey {
  std::int64_t value = 0;
  auto operator<=>(const NotificationKey&) const = default;
};

/// How far the telling of a run's end has come.
enum class NotificationState {
  waiting,   ///< For the run's end.
  due,       ///< To be sent at `next_attempt`.
  sent,      ///< The receiver has taken it.
  given_up,  ///< After too many attempts.
};

/// "waiting", "due", "sent", "given_up"
[[nodiscard]] std::string_view to_text(NotificationState state);

/// Somebody who is to be told of a run's end.
struct NotificationRecord {
  NotificationKey key;
  RunKey run;
  int position = 1;  ///< Among those of the run.
  Notification notification;
  NotificationState state = NotificationState::waiting;
  int attempts = 0;          ///< That were begun.
  TimePoint next_attempt{};  ///< Of one that is due.
  std::string last_error;    ///< Of the last attempt; "" if there was none, or it went well.
  TimePoint sent{};
};

}  // namespace mlpipe
