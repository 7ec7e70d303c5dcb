#include "registry/schedules.h"

#include <fmt/format.h>

#include <array>

#include "base/error.h"
#include "base/text.h"
#include "core/asset.h"
#include "history/own_transaction.h"
#include "registry/asset_names.h"

namespace mlpipe {

namespace {

constexpr std::array all_overlaps = {Overlap::skip, Overlap::queue, Overlap::cancel};
constexpr std::array all_catch_ups = {CatchUp::none, CatchUp::last, CatchUp::all};
constexpr std::array all_outcomes = {Fire::Outcome::submitted, Fire::Outcome::skipped,
                                     Fire::Outcome::missed, Fire::Outcome::failed};

template <class Word, std::size_t Count>
Word word_in(const std::array<Word, Count>& all, std::string_view text) {
  for (const auto word : all)
    if (to_text(word) == text) return word;
  return all.back();
}

constexpr std::string_view columns =
    "SELECT key, name, description, trigger, request, overlap, catch_up, created, settled, "
    "disabled,"
    " notifications FROM schedules ";

ScheduleRecord read_schedule_row(const Statement& row) {
  const auto trigger = decode_trigger(row.text(3));
  const auto request = decode_submission(row.text(4));
  if (!trigger || !request)
    fail(ErrorKind::system,
         "the schedule '{}' cannot be read: its record in the database is damaged (`mlpipe doctor` "
         "looks at the whole database)",
         row.text(1));
  return {.key = {row.integer(0)},
          .name = row.text(1),
          .description = row.text(2),
          .trigger = *trigger,
          .request = *request,
          .overlap = word_in(all_overlaps, row.text(5)),
          .catch_up = word_in(all_catch_ups, row.text(6)),
          .notifications = decode_notifications(row.text(10)).value_or(std::vector<Notification>()),
          .created = from_micros(row.integer(7)),
          .settled = from_micros(row.integer(8)),
          .disabled = from_micros(row.integer(9))};
}

std::vector<ScheduleRecord> schedules_in(Statement& query) {
  std::vector<ScheduleRecord> schedules;
  while (query.step()) schedules.push_back(read_schedule_row(query));
  query.reset();
  return schedules;
}

void insert_fire(Database& database, ScheduleKey schedule, const Fire& fire) {
  database.cached("INSERT OR REPLACE INTO fires VALUES (?,?,?,?,?,?)")
      .bind(schedule.value)
      .bind(to_micros(fire.due))
      .bind(to_micros(fire.decided))
      .bind(to_text(fire.outcome))
      .bind(fire.run.value == 0 ? std::optional<std::int64_t>() : fire.run.value)
      .bind(fire.message)
      .run();
}

}  // namespace

bool has_equal_orders(const ScheduleRecord& one, const ScheduleRecord& other) {
  return one.description == other.description && one.trigger == other.trigger &&
         one.request == other.request && one.overlap == other.overlap &&
         one.catch_up == other.catch_up && one.notifications == other.notifications;
}

std::string_view to_text(Overlap overlap) {
  switch (overlap) {
    case Overlap::skip:
      return "skip";
    case Overlap::queue:
      return "queue";
    case Overlap::cancel:
      return "cancel";
  }
  return "";
}

std::string_view to_text(CatchUp catch_up) {
  switch (catch_up) {
    case CatchUp::none:
      return "none";
    case CatchUp::last:
      return "last";
    case CatchUp::all:
      return "all";
  }
  return "";
}

std::string_view to_text(Fire::Outcome outcome) {
  switch (outcome) {
    case Fire::Outcome::submitted:
      return "submitted";
    case Fire::Outcome::skipped:
      return "skipped";
    case Fire::Outcome::missed:
      return "missed";
    case Fire::Outcome::failed:
      return "failed";
  }
  return "";
}

Schedules::Schedules(History& history) : history_(history) {}

void Schedules::check_name(const std::string& name) {
  if (!is_asset_word(name))
    fail(ErrorKind::usage, "'{}' cannot be the name of a schedule: it must be {}", printable(name),
         asset_name_rule);
}

ScheduleRecord Schedules::create(ScheduleRecord schedule) {
  check_name(schedule.name);
  OwnTransaction transaction(history_);
  if (find(schedule.name))
    fail(ErrorKind::usage,
         "there is a schedule '{0}' already; choose another name, or `mlpipe schedule delete {0}` "
         "first",
         schedule.name);
  history_.database()
      .cached(
          "INSERT INTO schedules(name, description, trigger, request, overlap, catch_up, created,"
          " settled, disabled, notifications) VALUES (?,?,?,?,?,?,?,?,?,?)")
      .bind(schedule.name)
      .bind(schedule.description)
      .bind(encode(schedule.trigger))
      .bind(encode(schedule.request))
      .bind(to_text(schedule.overlap))
      .bind(to_text(schedule.catch_up))
      .bind(to_micros(schedule.created))
      .bind(to_micros(schedule.settled))
      .bind(to_micros(schedule.disabled))
      .bind(encode(schedule.notifications))
      .run();
  schedule.key = {history_.database().last_insert_row()};
  transaction.commit();
  return schedule;
}

std::optional<ScheduleRecord> Schedules::find(std::string_view name) {
  auto& query = history_.database().cached(std::string(columns) + "WHERE name = ? AND deleted = 0");
  auto found = schedules_in(query.bind(name));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

ScheduleRecord Schedules::get(const std::string& name) {
  if (auto found = find(name)) return std::move(*found);
  std::vector<std::string> known;
  for (const auto& each : all()) known.push_back(each.name);
  fail(ErrorKind::not_found, "there is no schedule '{}'{}{}", printable(name),
       did_you_mean(name, known),
       known.empty() ? ": there are none in this workspace; `mlpipe schedule create` makes one"
                     : "; `mlpipe schedule list` shows those there are");
}

std::vector<ScheduleRecord> Schedules::all() {
  return schedules_in(
      history_.database().cached(std::string(columns) + "WHERE deleted = 0 ORDER BY name"));
}

bool Schedules::is_unchanged(const ScheduleRecord& seen) {
  auto& query = history_.database().cached(std::string(columns) + "WHERE key = ? AND deleted = 0");
  const auto found = schedules_in(query.bind(seen.key.value));
  return !found.empty() && has_equal_orders(found.front(), seen);
}

bool Schedules::update(const ScheduleRecord& seen, const ScheduleRecord& schedule) {
  OwnTransaction transaction(history_);
  if (!is_unchanged(seen)) return false;
  history_.database()
      .cached(
          "UPDATE schedules SET description = ?, trigger = ?, request = ?, overlap = ?,"
          " catch_up = ?, notifications = ?, settled = max(settled, ?) WHERE key = ?")
      .bind(schedule.description)
      .bind(encode(schedule.trigger))
      .bind(encode(schedule.request))
      .bind(to_text(schedule.overlap))
      .bind(to_text(schedule.catch_up))
      .bind(encode(schedule.notifications))
      .bind(to_micros(schedule.settled))
      .bind(seen.key.value)
      .run();
  transaction.commit();
  return true;
}

bool Schedules::set_enabled(const std::string& name, bool enabled, TimePoint at) {
  OwnTransaction transaction(history_);
  const auto schedule = get(name);
  if (schedule.is_disabled() != enabled) return false;
  history_.database()
      .cached("UPDATE schedules SET disabled = ?, settled = max(settled, ?) WHERE key = ?")
      .bind(enabled ? 0 : to_micros(at))
      .bind(enabled ? to_micros(at) : 0)
      .bind(schedule.key.value)
      .run();
  transaction.commit();
  return true;
}

void Schedules::remove(const std::string& name, TimePoint at) {
  OwnTransaction transaction(history_);
  history_.database()
      .cached("UPDATE schedules SET deleted = ? WHERE key = ?")
      .bind(to_micros(at))
      .bind(get(name).key.value)
      .run();
  transaction.commit();
}

bool Schedules::settle(const ScheduleRecord& seen, TimePoint until,
                       const std::vector<Fire>& fires) {
  if (!is_unchanged(seen)) return false;
  auto& database = history_.database();
  database
      .cached(
          "UPDATE schedules SET settled = ? WHERE key = ? AND settled = ? AND disabled = 0"
          " AND deleted = 0")
      .bind(to_micros(until))
      .bind(seen.key.value)
      .bind(to_micros(seen.settled))
      .run();
  if (database.changed_rows() == 0) return false;
  for (const auto& fire : fires) insert_fire(database, seen.key, fire);
  database
      .cached(
          "DELETE FROM fires WHERE schedule = ?1 AND due <= (SELECT due FROM fires WHERE"
          " schedule = ?1 ORDER BY due DESC LIMIT 1 OFFSET 10000)")
      .bind(seen.key.value)
      .run();
  return true;
}

void Schedules::note(const ScheduleRecord& schedule, const Fire& fire) {
  insert_fire(history_.database(), schedule.key, fire);
}

std::vector<Fire> Schedules::fires_of(ScheduleKey schedule, std::size_t most) {
  auto& query = history_.database().cached(
      "SELECT due, decided, outcome, coalesce(run, 0), coalesce(runs.id, ''), fires.message"
      " FROM fires LEFT JOIN runs ON runs.key = run WHERE schedule = ? ORDER BY due DESC LIMIT ?");
  query.bind(schedule.value).bind(static_cast<std::int64_t>(most));
  std::vector<Fire> fires;
  while (query.step())
    fires.push_back({.due = from_micros(query.integer(0)),
                     .decided = from_micros(query.integer(1)),
                     .outcome = word_in(all_outcomes, query.text(2)),
                     .run = {query.integer(3)},
                     .run_id = query.text(4),
                     .message = query.text(5)});
  query.reset();
  return fires;
}

std::vector<std::string> Schedules::names_that_submit(std::string_view endpoint,
                                                      std::string_view version, bool is_default) {
  std::vector<std::string> names;
  for (const auto& schedule : all()) {
    const auto& request = schedule.request;
    const bool is_meant =
        version.empty() || request.version == version || (is_default && request.version.empty());
    if (request.endpoint == endpoint && is_meant) names.push_back(schedule.name);
  }
  return names;
}

}  // namespace mlpipe
