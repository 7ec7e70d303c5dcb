// Endpoints: what changes one that is there.
#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "history/own_transaction.h"
#include "registry/endpoints.h"
#include "registry/schedules.h"
#include "registry/submissions.h"

namespace mlpipe {

namespace {

/// "'a', 'b' and 7 more"
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t most = 5;
  const auto shown = std::min(names.size(), most);
  auto text = fmt::format(
      "'{}'", fmt::join(names.begin(), names.begin() + static_cast<long>(shown), "', '"));
  return names.size() == shown ? text : text + fmt::format(" and {} more", names.size() - shown);
}

/// Those that are queued, and those that go on.
std::vector<std::string> unfinished_runs_of(EndpointKey endpoint, History& history) {
  Submissions submissions(history);
  std::vector<std::string> ids;
  for (const auto& runs : {submissions.begun(), submissions.queued()})
    for (const auto& run : runs)
      if (run.endpoint == endpoint) ids.push_back(run.run_id);
  return ids;
}

void require_unused(const EndpointRecord& endpoint, History& history) {
  const auto schedules = Schedules(history).names_that_submit(endpoint.name);
  if (!schedules.empty())
    fail(
        ErrorKind::usage,
        "the endpoint '{}' cannot be deleted: {} {} to it; delete {}, or let {} run something else "
        "with `mlpipe schedule update`",
        endpoint.name,
        (schedules.size() == 1 ? "the schedule " : "the schedules ") + some_of(schedules),
        schedules.size() == 1 ? "submits" : "submit", schedules.size() == 1 ? "it" : "them",
        schedules.size() == 1 ? "it" : "them");
  const auto runs = unfinished_runs_of(endpoint.key, history);
  if (!runs.empty())
    fail(ErrorKind::usage,
         "the endpoint '{}' cannot be deleted: {} {} not ended; wait for {}, or cancel {}",
         endpoint.name, (runs.size() == 1 ? "its run " : "its runs ") + some_of(runs),
         runs.size() == 1 ? "has" : "have", runs.size() == 1 ? "it" : "them",
         runs.size() == 1 ? "it" : "them");
}

}  // namespace

bool Endpoints::set_default(const std::string& name, const std::string& version_text) {
  OwnTransaction transaction(history_);
  const auto endpoint = get(name);
  const auto chosen = version(endpoint, version_text);
  history_.database()
      .cached("UPDATE endpoints SET default_version = ? WHERE key = ?")
      .bind(std::int64_t{chosen.number})
      .bind(endpoint.key.value)
      .run();
  transaction.commit();
  return chosen.number != endpoint.default_version;
}

bool Endpoints::set_enabled(const std::string& name, bool enabled) {
  OwnTransaction transaction(history_);
  const auto endpoint = get(name);
  if (endpoint.is_disabled() != enabled) return false;
  history_.database()
      .cached("UPDATE endpoints SET disabled = ? WHERE key = ?")
      .bind(enabled ? 0 : to_micros(now()))
      .bind(endpoint.key.value)
      .run();
  transaction.commit();
  return true;
}

bool Endpoints::set_archived(const std::string& name, bool archived) {
  OwnTransaction transaction(history_);
  const auto endpoint = get(name);
  if (endpoint.is_archived() == archived) return false;
  history_.database()
      .cached("UPDATE endpoints SET archived = ? WHERE key = ?")
      .bind(archived ? to_micros(now()) : 0)
      .bind(endpoint.key.value)
      .run();
  transaction.commit();
  return true;
}

void Endpoints::set_description(const std::string& name, const std::string& description) {
  history_.database()
      .cached("UPDATE endpoints SET description = ? WHERE key = ?")
      .bind(description)
      .bind(get(name).key.value)
      .run();
}

void Endpoints::set_notifications(const std::string& name,
                                  const std::vector<Notification>& notifications) {
  history_.database()
      .cached("UPDATE endpoints SET notifications = ? WHERE key = ?")
      .bind(encode(notifications))
      .bind(get(name).key.value)
      .run();
}

void Endpoints::set_max_concurrent_runs(const std::string& name, std::optional<int> most) {
  const auto key = get(name).key;
  history_.database()
      .cached("UPDATE endpoints SET max_concurrent_runs = ? WHERE key = ?")
      .bind(most ? std::optional(std::int64_t{*most}) : std::nullopt)
      .bind(key.value)
      .run();
}

void Endpoints::delete_version(const std::string& name, const std::string& version_text) {
  OwnTransaction transaction(history_);
  const auto endpoint = get(name);
  const auto chosen = version(endpoint, version_text);
  if (chosen.number == endpoint.default_version && versions_of(endpoint.key).size() > 1)
    fail(ErrorKind::usage,
         "version {} is the default of the endpoint '{}': choose another one first, with `mlpipe "
         "endpoint set-default {} VERSION`",
         chosen.number, name, name);
  auto& queued = history_.database().cached(
      "SELECT id FROM submissions JOIN runs ON runs.key = run WHERE submissions.version = ?"
      " AND status = 'Queued' LIMIT 1");
  queued.bind(chosen.key.value);
  const auto waiting = queued.step() ? queued.text(0) : std::string();
  queued.reset();
  if (!waiting.empty())
    fail(ErrorKind::usage, "version {} of the endpoint '{}' cannot be deleted: run {} of it is {}",
         chosen.number, name, waiting, "queued; wait for it, or cancel it");
  history_.database()
      .cached("UPDATE endpoint_versions SET deleted = ? WHERE key = ?")
      .bind(to_micros(now()))
      .bind(chosen.key.value)
      .run();
  if (chosen.number == endpoint.default_version)
    history_.database()
        .cached("UPDATE endpoints SET default_version = 0 WHERE key = ?")
        .bind(endpoint.key.value)
        .run();
  transaction.commit();
}

void Endpoints::remove(const std::string& name) {
  OwnTransaction transaction(history_);
  const auto endpoint = get(name);
  require_unused(endpoint, history_);
  const auto at = to_micros(now());
  auto& database = history_.database();
  database.cached("UPDATE endpoint_versions SET deleted = ? WHERE endpoint = ? AND deleted = 0")
      .bind(at)
      .bind(endpoint.key.value)
      .run();
  database.cached("UPDATE endpoints SET deleted = ? WHERE key = ?")
      .bind(at)
      .bind(endpoint.key.value)
      .run();
  transaction.commit();
}

}  // namespace mlpipe
