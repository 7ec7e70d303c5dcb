#include "registry/submissions.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "history/own_transaction.h"

namespace mlpipe {

namespace {

/// How the values of two submits differ, for people: "'C' was 0.5 and is 0.7 now".
std::string difference(const Submission& before, const Submission& after) {
  const auto said = [](const auto& pairs, const std::string& name) -> std::string {
    std::string found = "not given";
    for (const auto& [each, value] : pairs)
      if (each == name) found = "'" + printable(std::string(value)) + "'";
    return found;
  };
  const auto differing = [&said](const auto& a, const auto& b) -> std::string {
    for (const auto* list : {&a, &b})
      for (const auto& [name, value] : *list)
        if (said(a, name) != said(b, name))
          return fmt::format("'{}' was {} then, and is {} now", printable(name), said(a, name),
                             said(b, name));
    return {};
  };
  if (auto text = differing(before.parameters, after.parameters); !text.empty()) return text;
  if (auto text = differing(before.inputs, after.inputs); !text.empty()) return text;
  if (before.version != after.version)
    return fmt::format("the version was {} then, and is {} now",
                       before.version.empty() ? "the default" : before.version,
                       after.version.empty() ? "the default" : after.version);
  return "the options differ";
}

/// Somebody may have deleted it since the submit was checked.
void require_version(const SubmissionRecord& submission, Database& database) {
  if (!submission.version) return;
  auto& query = database.cached("SELECT 1 FROM endpoint_versions WHERE key = ? AND deleted = 0");
  const bool is_there = query.bind(submission.version->value).step();
  query.reset();
  if (!is_there)
    fail(ErrorKind::not_found,
         "nothing was submitted: the version of the endpoint '{}' was deleted meanwhile",
         printable(submission.request.endpoint));
}

template <class Key>
Statement& bind_key(Statement& statement, const std::optional<Key>& key) {
  return statement.bind(key ? std::optional(key->value) : std::optional<std::int64_t>());
}

std::vector<QueuedRun> runs_in(Statement& query) {
  std::vector<QueuedRun> runs;
  while (query.step()) {
    QueuedRun run{.run = {query.integer(0)}, .run_id = query.text(1)};
    if (!query.is_null(2)) run.endpoint = EndpointKey{query.integer(2)};
    run.starts = static_cast<int>(query.integer(3));
    if (!query.is_null(4)) run.schedule = ScheduleKey{query.integer(4)};
    runs.push_back(std::move(run));
  }
  query.reset();
  return runs;
}

}  // namespace

Submissions::Submissions(History& history) : history_(history) {}

std::optional<AcceptedRun> Submissions::accepted_before(const SubmissionRecord& submission) {
  if (submission.idempotency_key.empty() || !submission.endpoint) return std::nullopt;
  auto& query = history_.database().cached(
      "SELECT id, status, request FROM submissions JOIN runs ON runs.key = run"
      " WHERE endpoint = ? AND idempotency_key = ?");
  query.bind(submission.endpoint->value).bind(submission.idempotency_key);
  std::optional<AcceptedRun> earlier;
  std::string request;
  if (query.step()) {
    earlier = {.run_id = query.text(0),
               .status = parse_status(query.text(1)).value_or(Status::queued),
               .made = false};
    request = query.text(2);
  }
  query.reset();
  if (earlier && request != encode(submission.request))
    fail(ErrorKind::usage,
         "the idempotency key '{}' was used before, for run {}, with other values: {}",
         printable(submission.idempotency_key), earlier->run_id,
         difference(decode_submission(request).value_or(Submission{}), submission.request));
  return earlier;
}

AcceptedRun Submissions::accept(RunRecord& run, const SubmissionRecord& submission) {
  auto& database = history_.database();
  // What others were promised survives a power cut (semantics.md 4).
  if (!history_.in_batch()) database.make_commits_durable();
  const auto request = encode(submission.request);
  OwnTransaction transaction(history_);
  if (auto earlier = accepted_before(submission)) return std::move(*earlier);
  require_version(submission, database);
  run.key = {};
  run.status = Status::queued;
  history_.begin_run(run);
  auto& insert = database.cached(
      "INSERT INTO submissions(run, endpoint, version, schedule, idempotency_key, request,"
      " accepted) VALUES (?,?,?,?,?,?,?)");
  insert.bind(run.key.value);
  bind_key(insert, submission.endpoint);
  bind_key(insert, submission.version);
  bind_key(insert, submission.schedule);
  insert.bind(submission.idempotency_key.empty() ? std::optional<std::string_view>()
                                                 : submission.idempotency_key);
  insert.bind(request).bind(to_micros(submission.accepted)).run();
  transaction.commit();
  return {.run_id = run.id};
}

std::optional<SubmissionRecord> Submissions::find(RunKey run) {
  auto& query = history_.database().cached(
      "SELECT id, endpoint, submissions.version, coalesce(idempotency_key, ''), request, accepted,"
      " starts, schedule FROM submissions JOIN runs ON runs.key = run WHERE run = ?");
  query.bind(run.value);
  if (!query.step()) {
    query.reset();
    return std::nullopt;
  }
  SubmissionRecord found{.run = run, .run_id = query.text(0)};
  if (!query.is_null(1)) found.endpoint = EndpointKey{query.integer(1)};
  if (!query.is_null(2)) found.version = EndpointVersionKey{query.integer(2)};
  found.idempotency_key = query.text(3);
  const auto request = decode_submission(query.text(4));
  found.accepted = from_micros(query.integer(5));
  found.starts = static_cast<int>(query.integer(6));
  if (!query.is_null(7)) found.schedule = ScheduleKey{query.integer(7)};
  query.reset();
  if (!request)
    fail(ErrorKind::system,
         "what run {} was submitted with cannot be read: its record in the database is damaged",
         found.run_id);
  found.request = *request;
  return found;
}

std::vector<QueuedRun> Submissions::queued() {
  return runs_in(history_.database().cached(
      "SELECT runs.key, id, endpoint, starts, schedule FROM runs CROSS JOIN submissions"
      " WHERE run = runs.key AND status = 'Queued' ORDER BY runs.key"));
}

std::vector<QueuedRun> Submissions::begun() {
  // From the few rows of the index of unfinished runs: never through the whole history.
  return runs_in(history_.database().cached(
      "SELECT runs.key, id, endpoint, starts, schedule FROM runs INDEXED BY runs_unfinished"
      " CROSS JOIN submissions WHERE run = runs.key AND finished = 0 AND status != 'Queued'"));
}

std::vector<RunKey> Submissions::unfinished_of(ScheduleKey schedule) {
  auto& query = history_.database().cached(
      "SELECT runs.key FROM runs INDEXED BY runs_unfinished CROSS JOIN submissions"
      " WHERE run = runs.key AND finished = 0 AND schedule = ? ORDER BY +runs.key");
  query.bind(schedule.value);
  std::vector<RunKey> runs;
  while (query.step()) runs.push_back({query.integer(0)});
  query.reset();
  return runs;
}

int Submissions::count_start(RunKey run) {
  auto& query = history_.database().cached(
      "UPDATE submissions SET starts = starts + 1 WHERE run = ? RETURNING starts");
  query.bind(run.value);
  const int starts = query.step() ? static_cast<int>(query.integer(0)) : 0;
  query.reset();
  return starts;
}

}  // namespace mlpipe
