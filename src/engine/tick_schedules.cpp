#include "engine/tick_schedules.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>

#include "base/error.h"
#include "base/file_lock.h"
#include "base/text.h"
#include "engine/deliverer.h"
#include "engine/run_queue.h"
#include "engine/submit_run.h"
#include "engine/unfinished_runs.h"
#include "history/live_runs.h"

namespace mlpipe {

namespace {

constexpr std::size_t most_at_once = 1000;
constexpr std::size_t most_missed_noted = 1000;

/// `text` with `${{creation_context.trigger_time}}`, blanks around the name or not, replaced.
void put_trigger_time(std::string& text, const std::string& time) {
  constexpr std::string_view begin = "${{";
  constexpr std::string_view end = "}}";
  for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1)) {
    const auto close = text.find(end, at);
    if (close == std::string::npos) return;
    const auto name =
        trim(std::string_view(text).substr(at + begin.size(), close - at - begin.size()));
    if (name == "creation_context.trigger_time") text.replace(at, close + end.size() - at, time);
  }
}

/// Decides what becomes of moments, one after the other.
class Ticker {
 public:
  explicit Ticker(const Workspace& workspace)
      : workspace_(workspace),
        state_{workspace.state_directory},
        history_(state_.database(), Database::Mode::read_write),
        schedules_(history_),
        submissions_(history_),
        live_(state_.run_locks(), LockFile::OnlyLook{}) {
    history_.database().make_commits_durable();  // promises (semantics.md 4)
    close_dead_runs(history_, live_);            // they would count as runs that have not ended
  }

  [[nodiscard]] Schedules& schedules() { return schedules_; }

  void tick(ScheduleRecord schedule, TimePoint now, TickResult& result) {
    for (;;) {
      const auto due = due_moments(schedule, now, most_at_once);
      if (due.to_run.empty() && due.missed.empty()) return;
      auto missed = due.missed.begin();
      for (const auto moment : due.to_run) {
        const auto next = std::upper_bound(missed, due.missed.end(), moment);
        const std::vector<TimePoint> before(missed, next);
        missed = next;
        auto fire = decide(schedule, moment, before, now);
        if (!fire) return;  // somebody else decides, or it was disabled
        result.missed += before.size();
        result.news.push_back({.schedule = schedule.name, .fire = std::move(*fire)});
      }
      if (const std::vector<TimePoint> rest(missed, due.missed.end()); !rest.empty()) {
        history_.begin_batch();
        const bool settled = schedules_.settle(schedule, rest.back(), fires_of_missed(rest, now));
        history_.commit_batch();
        if (!settled) return;
        schedule.settled = rest.back();
        result.missed += rest.size();
      }
    }
  }

  /// Submitted by hand: nothing is settled by it.
  [[nodiscard]] Fire trigger(const ScheduleRecord& schedule, TimePoint at) {
    command_ = "mlpipe schedule trigger " + schedule.name;
    auto prepared = prepare(schedule, at);
    history_.begin_batch();
    auto fire = promise(schedule, at, at, prepared);
    schedules_.note(schedule, fire);
    history_.commit_batch();
    end_canceled();
    return fire;
  }

  /// Take back what was begun and failed.
  void abandon() {
    history_.abandon_batch();
    canceled_.clear();
  }

  /// Start what waits now.
  void start() {
    start_queue_workers(workspace_, state_, history_, most_runs_at_a_time(workspace_));
    start_deliverer(history_, state_, workspace_.root);
  }

 private:
  [[nodiscard]] PreparedSubmit prepare(const ScheduleRecord& schedule, TimePoint due) {
    return prepare_submit(
        {.submission = request_at(schedule.request, due),
         .idempotency_key = {},
         .command_line = command_,
         .properties = {{schedule_property, schedule.name}, {trigger_time_property, iso_utc(due)}},
         .schedule = schedule.key,
         .notifications = schedule.notifications},
        workspace_, history_);
  }

  /// What becomes of `due`, recorded with what was missed before it; nothing if that is not ours
  /// to say any more.
  [[nodiscard]] std::optional<Fire> decide(ScheduleRecord& schedule, TimePoint due,
                                           const std::vector<TimePoint>& missed, TimePoint now) {
    std::optional<PreparedSubmit> prepared;
    Fire fire{.due = due, .decided = now, .outcome = Fire::Outcome::failed};
    try {
      prepared = prepare(schedule, due);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::system || error.kind() == ErrorKind::internal) throw;
      fire.message = error.what();
    }
    history_.begin_batch();
    if (prepared)
      fire = promise(schedule, due, now, *prepared);
    else
      record_failure(schedule, fire);
    auto fires = fires_of_missed(missed, now);
    fires.push_back(fire);
    if (!schedules_.settle(schedule, due, fires)) {
      history_.abandon_batch();
      canceled_.clear();
      return std::nullopt;
    }
    history_.commit_batch();
    schedule.settled = due;
    end_canceled();
    return fire;
  }

  /// As a run that failed before it began: so it is listed, and who is to be told of failures is.
  /// In a batch.
  void record_failure(const ScheduleRecord& schedule, Fire& fire) {
    const auto& request = schedule.request;
    RunRecord run{
        .pipeline = request.endpoint.empty() ? request.spec_file.stem().string() : request.endpoint,
        .experiment = request.experiment.value_or(""),
        .spec_file = request.spec_file.string(),
        .command_line = "mlpipe schedule tick",
        .version = MLPIPE_VERSION,
        .started = fire.decided,
        .tags = request.tags,
        .properties = {{schedule_property, schedule.name},
                       {trigger_time_property, iso_utc(fire.due)}},
        .notifications = schedule.notifications};
    history_.begin_run(run);
    history_.finish_run(run.key, Status::failed, fire.message, fire.decided);
    fire.run = run.key;
    fire.run_id = run.id;
  }

  /// By the overlap policy. In a batch.
  [[nodiscard]] Fire promise(const ScheduleRecord& schedule, TimePoint due, TimePoint now,
                             PreparedSubmit& prepared) {
    Fire fire{.due = due, .decided = now};
    for (const auto key : submissions_.unfinished_of(schedule.key)) {
      const auto id = history_.run_id(key);
      if (schedule.overlap == Overlap::skip) {
        fire.outcome = Fire::Outcome::skipped;
        fire.message = fmt::format("run {} has not ended", id);
        return fire;
      }
      if (schedule.overlap == Overlap::cancel && !history_.cancel_queued(key, now))
        canceled_.push_back(id);
    }
    const auto accepted = submissions_.accept(prepared.run, prepared.submission);
    fire.run = prepared.run.key;
    fire.run_id = accepted.run_id;
    return fire;
  }

  /// Those that go on are asked to end; their successor waits for that in the queue.
  void end_canceled() {
    for (const auto& id : canceled_) {
      const auto run = history_.find_run(id);
      if (!is_final(run.status) && live_.is_alive(run.key) && run.pid > 0)
        ::kill(static_cast<pid_t>(run.pid), SIGTERM);
    }
    canceled_.clear();
  }

  [[nodiscard]] static std::vector<Fire> fires_of_missed(const std::vector<TimePoint>& moments,
                                                         TimePoint now) {
    std::vector<Fire> fires;
    const auto first = moments.size() > most_missed_noted
                           ? moments.end() - static_cast<std::ptrdiff_t>(most_missed_noted)
                           : moments.begin();
    for (auto moment = first; moment != moments.end(); ++moment)
      fires.push_back({.due = *moment, .decided = now, .outcome = Fire::Outcome::missed});
    return fires;
  }

  const Workspace& workspace_;
  StateDirectory state_;
  History history_;
  Schedules schedules_;
  Submissions submissions_;
  LiveRuns live_;
  std::vector<std::string> canceled_;
  std::string command_ = "mlpipe schedule tick";
};

}  // namespace

DueMoments due_moments(const ScheduleRecord& schedule, TimePoint now, std::size_t most) {
  DueMoments due;
  std::vector<TimePoint> moments;
  for (auto moment = next_fire(schedule.trigger, schedule.created, schedule.settled);
       moment && *moment <= now; moment = next_fire(schedule.trigger, schedule.created, *moment)) {
    moments.push_back(*moment);
    if (schedule.catch_up == CatchUp::all && moments.size() == most) break;
  }
  if (moments.empty()) return due;
  if (schedule.catch_up == CatchUp::all) {
    due.to_run = std::move(moments);
    return due;
  }
  if (schedule.catch_up == CatchUp::last || now - moments.back() <= tick_tolerance) {
    due.to_run.push_back(moments.back());
    moments.pop_back();
  }
  due.missed = std::move(moments);
  return due;
}

Submission request_at(Submission request, TimePoint due) {
  const auto time = iso_utc(due);
  for (auto& [name, value] : request.parameters) put_trigger_time(value, time);
  for (auto& [name, value] : request.settings) put_trigger_time(value, time);
  for (auto& [name, value] : request.tags) put_trigger_time(value, time);
  if (request.experiment) put_trigger_time(*request.experiment, time);
  for (auto& [name, path] : request.inputs) {
    auto text = path.native();
    put_trigger_time(text, time);
    path = std::move(text);
  }
  return request;
}

TickResult tick_schedules(const Workspace& workspace, const Clock& clock) {
  TickResult result;
  const StateDirectory state{workspace.state_directory};
  if (!state.exists()) return result;
  LockFile lock(state.tick_lock());
  if (!lock.try_lock(0)) {
    result.was_busy = true;
    return result;
  }
  ::futimens(lock.descriptor().get(), nullptr);  // last_tick()
  Ticker ticker(workspace);
  for (const auto& schedule : ticker.schedules().all()) {
    if (schedule.is_disabled()) continue;
    try {
      ticker.tick(schedule, clock(), result);
    } catch (const Error& error) {  // the others are due all the same
      ticker.abandon();
      result.problems.push_back(fmt::format("schedule '{}': {}", schedule.name, error.what()));
    }
  }
  ticker.start();
  return result;
}

Fire trigger_schedule(const Workspace& workspace, const std::string& name,
                      const std::vector<std::pair<std::string, std::string>>& parameters,
                      TimePoint at) {
  Ticker ticker(workspace);
  auto schedule = ticker.schedules().get(name);
  schedule.request.parameters.insert(schedule.request.parameters.end(), parameters.begin(),
                                     parameters.end());
  auto fire = ticker.trigger(schedule, at);
  ticker.start();
  return fire;
}

std::optional<TimePoint> last_tick(const StateDirectory& state) {
  const auto look = stat_file(state.tick_lock());
  return look ? std::optional(from_micros(look->mtime_ns / 1000)) : std::nullopt;
}

}  // namespace mlpipe
