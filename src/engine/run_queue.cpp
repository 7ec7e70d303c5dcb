#include "engine/run_queue.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <map>
#include <set>
#include <thread>

#include "base/background_process.h"
#include "base/error.h"
#include "base/text.h"
#include "engine/deliverer.h"
#include "engine/opened_pipeline.h"
#include "engine/unfinished_runs.h"
#include "history/live_runs.h"

namespace mlpipe {

namespace {

/// A run whose drivers are killed again and again before they begin it is given up.
constexpr int most_starts = 3;

int free_slots(const StateDirectory& state, int most) {
  const LockFile slots(state.queue_locks(), LockFile::OnlyLook{});
  int free = 0;
  for (int slot = 0; slot < most; ++slot)
    if (!slots.held_elsewhere(static_cast<std::uint64_t>(slot))) ++free;
  return free;
}

/// Which of the queued runs may begin now, in their order, given those that go on: not more of an
/// endpoint than it allows, and of a schedule one after the other.
class Startable {
 public:
  Startable(Submissions& submissions, Endpoints& endpoints, const LiveRuns& live)
      : endpoints_(endpoints), live_(live) {
    for (const auto& run : submissions.begun())
      if (live.is_alive(run.run)) add(run);
  }

  /// To be asked about each in its order. Whether a driver is about to begin it.
  [[nodiscard]] bool is_taken(const QueuedRun& run) {
    if (!live_.is_alive(run.run)) return false;
    add(run);
    return true;
  }
  /// One that is not taken.
  [[nodiscard]] bool may_begin(const QueuedRun& run) {
    const bool waits = (run.schedule && schedules_.contains(*run.schedule)) || is_at_cap(run);
    if (run.schedule) schedules_.insert(*run.schedule);  // those behind it wait for it
    return !waits;
  }
  /// As if it had begun.
  void add(const QueuedRun& run) {
    if (run.endpoint) ++running_[*run.endpoint];
    if (run.schedule) schedules_.insert(*run.schedule);
  }

 private:
  [[nodiscard]] bool is_at_cap(const QueuedRun& run) {
    if (!run.endpoint) return false;
    auto cap = caps_.find(*run.endpoint);
    if (cap == caps_.end()) {
      const auto endpoint = endpoints_.find(*run.endpoint);
      cap = caps_.emplace(*run.endpoint, endpoint ? endpoint->max_concurrent_runs : std::nullopt)
                .first;
    }
    return cap->second && running_[*run.endpoint] >= *cap->second;
  }

  Endpoints& endpoints_;
  const LiveRuns& live_;
  std::map<EndpointKey, int> running_;
  std::map<EndpointKey, std::optional<int>> caps_;
  std::set<ScheduleKey> schedules_;
};

/// What the driver said last, without the notes that come first.
std::string last_words(const std::filesystem::path& log) {
  constexpr std::size_t most = 4000;
  try {
    auto text = read_file(log);
    if (text.size() > most) text.erase(0, text.size() - most);
    const auto error = text.find("error: ");
    return std::string(trim(error == std::string::npos ? text : text.substr(error)));
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

int most_runs_at_a_time(const Workspace& workspace) {
  if (workspace.max_concurrent_runs) return *workspace.max_concurrent_runs;
  return std::max(2, static_cast<int>(std::thread::hardware_concurrency()));
}

void start_queue_workers(const Workspace& workspace, const StateDirectory& state, History& history,
                         int most_new) {
  // What a step starts ends with the step; the run that it is part of starts it in the end.
  if (std::getenv("MLPIPE_STEP") != nullptr) return;
  const int wanted = std::min(most_new, free_slots(state, most_runs_at_a_time(workspace)));
  if (wanted == 0) return;
  Submissions submissions(history);
  Endpoints endpoints(history);
  const LiveRuns live(state.run_locks(), LockFile::OnlyLook{});
  Startable startable(submissions, endpoints, live);
  int started = 0;
  for (const auto& run : submissions.queued()) {
    if (started == wanted) return;
    if (startable.is_taken(run) || !startable.may_begin(run)) continue;
    startable.add(run);
    ++started;
    (void)start_in_background({.argv = {"mlpipe", "__work-queue", "-C", workspace.root.native()},
                               .folder = workspace.root,
                               .log_file = state.logs() / "queue.log"});
  }
}

QueueWorker::QueueWorker(Workspace workspace)
    : workspace_(std::move(workspace)),
      state_{workspace_.state_directory},
      history_(state_.database(), Database::Mode::read_write),
      submissions_(history_),
      endpoints_(history_),
      slots_(state_.queue_locks()) {}

void QueueWorker::work() {
  close_dead_runs(history_, LiveRuns(state_.run_locks(), LockFile::OnlyLook{}));
  // Who promises a run while this one is about to end sees the slot taken, and starts nobody; so
  // it looks once more after the slot is free.
  do {
    if (!take_slot()) return;
    for (auto claim = claim_next(); claim; claim = claim_next()) {
      if (!drive(std::move(*claim))) return;
      // The file may have changed; if it is broken now, the runs stay queued.
      workspace_ = open_workspace(workspace_.root, workspace_.root);
      if (slot_ >= static_cast<std::uint64_t>(most_runs_at_a_time(workspace_))) return;
    }
    slots_.unlock(slot_);
  } while (claim_next());
}

bool QueueWorker::take_slot() {
  const int most = most_runs_at_a_time(workspace_);
  for (int slot = 0; slot < most; ++slot) {
    slot_ = static_cast<std::uint64_t>(slot);
    if (slots_.try_lock(slot_)) return true;
  }
  return false;
}

std::optional<QueueWorker::Claim> QueueWorker::claim_next() {
  std::optional<Claim> claim;
  history_.begin_batch();
  const LiveRuns live(state_.run_locks(), LockFile::OnlyLook{});
  Startable startable(submissions_, endpoints_, live);
  for (const auto& run : submissions_.queued()) {
    if (startable.is_taken(run) || !startable.may_begin(run)) continue;
    LockFile lock(state_.run_locks());
    if (!lock.try_lock(LiveRuns::offset(run.run))) continue;
    claim = Claim{.run = run, .lock = std::move(lock)};
    break;
  }
  history_.abandon_batch();  // nothing was written: only one claims at a time
  return claim;
}

bool QueueWorker::drive(Claim claim) {
  const auto log = state_.root / StateDirectory::driver_log(claim.run.run_id);
  make_folders(log.parent_path());
  pid_t pid = 0;
  {
    const auto lock = std::move(claim.lock);  // the driver's alone from here on
    pid = start_in_background(
        {.argv = {"mlpipe", "__run-queued", claim.run.run_id, "-C", workspace_.root.native()},
         .folder = workspace_.root,
         .log_file = log,
         .descriptors = {&lock.descriptor(), &slots_.descriptor()}});
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) fail_errno(errno, "cannot wait for the driver of run " + claim.run.run_id);
  return settle(claim.run, WIFEXITED(status) ? std::optional(WEXITSTATUS(status)) : std::nullopt);
}

bool QueueWorker::settle(const QueuedRun& run, std::optional<int> exit_code) {
  close_dead_runs(history_, LiveRuns(state_.run_locks(), LockFile::OnlyLook{}));
  // Whether it was the run's own fault, not that of a machine that may be well again later.
  const bool is_its_fault = exit_code && *exit_code != mlpipe::exit_code(ErrorKind::system);
  bool goes_on = true;
  history_.begin_batch();
  const auto queued = submissions_.queued();
  if (std::any_of(queued.begin(), queued.end(),
                  [&run](const auto& each) { return each.run == run.run; })) {
    const auto said = last_words(state_.root / StateDirectory::driver_log(run.run_id));
    const int starts = submissions_.count_start(run.run);
    if (is_its_fault || starts >= most_starts)
      history_.finish_run(run.run, Status::failed,
                          !said.empty() ? said
                                        : fmt::format("it was started {} times, and killed each "
                                                      "time before it began",
                                                      starts),
                          now());
    else
      goes_on = !exit_code;  // the system failed: whoever comes next tries again
  }
  history_.commit_batch();
  forget_ended_in_background();  // deliverers of earlier runs
  start_deliverer(history_, state_, workspace_.root);
  return goes_on;
}

DriverLocks::DriverLocks(const StateDirectory& state, RunKey run) : run_(3), slot_(4) {
  for (const auto* lock : {&run_, &slot_})
    if (::fcntl(lock->get(), F_SETFD, FD_CLOEXEC) != 0)  // NOLINT(*-vararg)
      fail(ErrorKind::usage, "it is started by the queue's worker, not by hand");
  if (!LiveRuns(state.run_locks(), LockFile::OnlyLook{}).is_alive(run))
    fail(ErrorKind::usage, "nobody holds the lock of the run: it is started by the queue's worker");
}

}  // namespace mlpipe
