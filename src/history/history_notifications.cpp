// Who is told of a run's end, and how far that has come.
#include <array>

#include "history/history.h"

namespace mlpipe {

namespace {

constexpr std::array all_notification_states = {NotificationState::waiting, NotificationState::due,
                                                NotificationState::sent,
                                                NotificationState::given_up};

NotificationState notification_state(const std::string& text) {
  for (const auto state : all_notification_states)
    if (to_text(state) == text) return state;
  return NotificationState::given_up;
}

std::vector<NotificationRecord> read_notifications(Statement& query) {
  std::vector<NotificationRecord> found;
  while (query.step()) {
    NotificationRecord record;
    record.key = {query.integer(0)};
    record.run = {query.integer(1)};
    record.position = static_cast<int>(query.integer(2));
    record.notification = {
        .when = parse_when(query.text(3)).value_or(Notification::When::failure),
        .kind = parse_notification_kind(query.text(4)).value_or(Notification::Kind::command),
        .target = query.text(5)};
    record.state = notification_state(query.text(6));
    record.attempts = static_cast<int>(query.integer(7));
    record.next_attempt = from_micros(query.integer(8));
    record.last_error = query.text(9);
    record.sent = from_micros(query.integer(10));
    found.push_back(std::move(record));
  }
  query.reset();
  return found;
}

}  // namespace

std::string_view to_text(NotificationState state) {
  switch (state) {
    case NotificationState::waiting:
      return "waiting";
    case NotificationState::due:
      return "due";
    case NotificationState::sent:
      return "sent";
    case NotificationState::given_up:
      return "given_up";
  }
  return "";
}

void History::add_notifications(RunKey run, const std::vector<Notification>& notifications) {
  std::int64_t position = 0;
  for (const auto& each : notifications)
    database_
        .cached(
            "INSERT INTO notifications(run, position, outcome, kind, target, state)"
            " VALUES (?,?,?,?,?,'waiting')")
        .bind(run.value)
        .bind(++position)
        .bind(to_text(each.when))
        .bind(to_text(each.kind))
        .bind(each.target)
        .run();
}

void History::make_notifications_due(RunKey run, Status status, TimePoint at) {
  database_
      .cached(
          "UPDATE notifications SET state = 'due', next_attempt = ?"
          " WHERE run = ? AND state = 'waiting' AND outcome = ?")
      .bind(to_micros(at))
      .bind(run.value)
      .bind(to_text(outcome_of(status)))
      .run();
  database_.cached("DELETE FROM notifications WHERE run = ? AND state = 'waiting'")
      .bind(run.value)
      .run();
}

std::vector<NotificationRecord> History::notifications_of(RunKey run) {
  return read_notifications(
      database_
          .cached("SELECT key, run, position, outcome, kind, target, state, attempts, next_attempt,"
                  " last_error, sent FROM notifications WHERE run = ? ORDER BY position")
          .bind(run.value));
}

std::vector<NotificationRecord> History::due_notifications() {
  return read_notifications(database_.cached(
      "SELECT key, run, position, outcome, kind, target, state, attempts, next_attempt,"
      " last_error, sent FROM notifications WHERE state = 'due' ORDER BY next_attempt, key"));
}

void History::save_delivery(const NotificationRecord& record) {
  database_
      .cached(
          "UPDATE notifications SET state = ?, attempts = ?, next_attempt = ?, last_error = ?,"
          " sent = ? WHERE key = ?")
      .bind(to_text(record.state))
      .bind(std::int64_t{record.attempts})
      .bind(to_micros(record.next_attempt))
      .bind(record.last_error)
      .bind(to_micros(record.sent))
      .bind(record.key.value)
      .run();
}

}  // namespace mlpipe
