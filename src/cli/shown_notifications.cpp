#include "cli/shown_notifications.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/json_text.h"
#include "cli/table.h"

namespace mlpipe {

namespace {

using Align = Table::Align;

/// "after 2 attempts: the server answers 500"
std::string failures_of(const NotificationRecord& record) {
  return fmt::format("after {}: {}", counted(static_cast<std::size_t>(record.attempts), "attempt"),
                     printable(record.last_error));
}

std::string notification_state_text(const NotificationRecord& record) {
  switch (record.state) {
    case NotificationState::waiting:
      return "waits for the run's end";
    case NotificationState::due:
      if (record.last_error.empty())
        return record.attempts == 0 ? "is to be sent" : "is being sent";
      return fmt::format("waits for its next attempt, at {}, {}",
                         local_time_text(record.next_attempt), failures_of(record));
    case NotificationState::sent:
      return "sent " + local_time_text(record.sent);
    case NotificationState::given_up:
      return "given up " + failures_of(record);
  }
  return {};
}

Colour notification_colour(NotificationState state) {
  switch (state) {
    case NotificationState::sent:
      return Colour::green;
    case NotificationState::given_up:
      return Colour::red;
    case NotificationState::due:
      return Colour::yellow;
    case NotificationState::waiting:
      break;
  }
  return Colour::plain;
}

}  // namespace

nlohmann::json notifications_json(const RunRecord& run,
                                  const std::vector<NotificationRecord>& records) {
  auto list = nlohmann::json::array();
  for (const auto& record : records) {
    const bool is_due = record.state == NotificationState::due;
    list.push_back({{"id", fmt::format("{}.{}", run.id, record.position)},
                    {"when", to_text(record.notification.when)},
                    {"kind", to_text(record.notification.kind)},
                    {"target", shown_target(record.notification)},
                    {"state", to_text(record.state)},
                    {"attempts", record.attempts},
                    {"next_attempt", json_time(is_due ? record.next_attempt : TimePoint{})},
                    {"last_error", record.last_error},
                    {"sent", json_time(record.sent)}});
  }
  return list;
}

void print_notifications(const std::vector<NotificationRecord>& records, const Terminal& out) {
  Table table(
      {{"notification", Align::left, true, true}, {"on"}, {"state", Align::left, true, true}});
  for (const auto& record : records)
    table.add({{printable(shown_target(record.notification))},
               {std::string(to_text(record.notification.when))},
               {notification_state_text(record), notification_colour(record.state)}});
  if (!table.empty()) fmt::print("\n{}", table.text(out));
}

}  // namespace mlpipe
