#include "engine/run_queue.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "base/background_process.h"
#include "base/error.h"
#include "base/text.h"
#include "engine/unfinished_runs.h"
#include "history/live_runs.h"

namespace mlpipe {

namespace {

/// A run whose drivers are killed again and again before they begin it is given up.
constexpr int most_starts = 3;

bool is_free_slot(const StateDirectory& state, int most) {
  const LockFile slots(state.queue_locks(), LockFile::OnlyLook{});
  for (int slot = 0; slot < most; ++slot)
    if (!slots.held_elsewhere(static_cast<std::uint64_t>(slot))) return true;
  return false;
}

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

void start_queue_worker(const Workspace& workspace, const StateDirectory& state,
                        Submissions& submissions) {
  const LiveRuns live(state.run_locks(), LockFile::OnlyLook{});
  const auto queued = submissions.queued();
  const bool waits = std::any_of(queued.begin(), queued.end(),
                                 [&live](const auto& run) { return !live.is_alive(run.run); });
  if (!waits || !is_free_slot(state, most_runs_at_a_time(workspace))) return;
  (void)start_in_background(
      {.argv = {own_program().native(), "__work-queue", "-C", workspace.root.native()},
       .log_file = state.logs() / "queue.log"});
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
    while (auto claim = claim_next()) drive(std::move(*claim));
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
  for (const auto& run : submissions_.queued()) {
    if (is_at_cap(run)) continue;
    LockFile lock(state_.run_locks());
    if (!lock.try_lock(LiveRuns::offset(run.run))) continue;  // a driver is about to begin it
    claim = Claim{.run = run, .lock = std::move(lock)};
    break;
  }
  history_.abandon_batch();  // nothing was written: only one claims at a time
  return claim;
}

bool QueueWorker::is_at_cap(const QueuedRun& run) {
  // The runs of a schedule are one after the other.
  if (run.schedule && submissions_.unfinished_of(*run.schedule).front() != run.run) return true;
  if (!run.endpoint) return false;
  const auto endpoint = endpoints_.find(*run.endpoint);
  if (!endpoint || !endpoint->max_concurrent_runs) return false;
  const LiveRuns live(state_.run_locks(), LockFile::OnlyLook{});
  const auto unfinished = submissions_.unfinished_of(*run.endpoint);
  return std::count_if(unfinished.begin(), unfinished.end(), [&live](RunKey each) {
           return live.is_alive(each);
         }) >= *endpoint->max_concurrent_runs;
}

void QueueWorker::drive(Claim claim) {
  const auto log = state_.root / StateDirectory::driver_log(claim.run.run_id);
  make_folders(log.parent_path());
  pid_t pid = 0;
  {
    const auto lock = std::move(claim.lock);  // the driver's alone from here on
    pid = start_in_background({.argv = {own_program().native(), "__run-queued", claim.run.run_id,
                                        "-C", workspace_.root.native()},
                               .log_file = log,
                               .descriptors = {&lock.descriptor(), &slots_.descriptor()}});
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) fail_errno(errno, "cannot wait for the driver of run " + claim.run.run_id);
  settle(claim.run, WIFEXITED(status) ? std::optional(WEXITSTATUS(status)) : std::nullopt);
}

void QueueWorker::settle(const QueuedRun& run, std::optional<int> exit_code) {
  close_dead_runs(history_, LiveRuns(state_.run_locks(), LockFile::OnlyLook{}));
  history_.begin_batch();
  const auto now_queued = submissions_.queued();
  if (std::any_of(now_queued.begin(), now_queued.end(),
                  [&run](const auto& each) { return each.run == run.run; })) {
    const auto said = last_words(state_.root / StateDirectory::driver_log(run.run_id));
    const int starts = submissions_.count_start(run.run);
    if (exit_code)
      history_.finish_run(
          run.run, Status::failed,
          said.empty() ? fmt::format("it could not begin (exit code {})", *exit_code) : said,
          now());
    else if (starts >= most_starts)
      history_.finish_run(run.run, Status::failed,
                          fmt::format("its `mlpipe` was killed {} times before it began", starts),
                          now());
  }
  history_.commit_batch();
}

DriverLocks::DriverLocks(const StateDirectory& state, RunKey run) : run_(3), slot_(4) {
  for (const auto* lock : {&run_, &slot_})
    if (::fcntl(lock->get(), F_SETFD, FD_CLOEXEC) != 0)  // NOLINT(*-vararg)
      fail(ErrorKind::usage, "it is started by the queue's worker, not by hand");
  if (!LiveRuns(state.run_locks(), LockFile::OnlyLook{}).is_alive(run))
    fail(ErrorKind::usage, "nobody holds the lock of the run: it is started by the queue's worker");
}

}  // namespace mlpipe
