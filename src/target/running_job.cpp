#include "target/running_job.h"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <utility>

namespace mlpipe {

namespace {

using std::chrono::milliseconds;

/// What the main process leaves may just be about to end (`tee` behind a pipe): no signal so long.
constexpr milliseconds quiet_time{200};
/// And no more than this between TERM and KILL.
constexpr milliseconds longest_lingering_grace{2000};
/// How often to look whether what is being ended has ended.
constexpr milliseconds look_again{10};

Duration to_duration(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace

RunningJob::RunningJob(const Job& job, JobProcesses processes, SteadyTime now)
    : processes_(std::move(processes)), grace_(job.grace), looked_at_(now) {
  if (job.timeout.count() > 0) timeout_at_ = now + job.timeout;
  result_.job = job.id;
}

void RunningJob::end_all(JobFinished::Outcome outcome, SteadyTime now) {
  if (main_running_ && !ended_by_us_) ended_by_us_ = outcome;
  timeout_at_.reset();
  if (!term_sent_) term_at_ = now;
  kill_at_ = kill_at_ ? std::min(*kill_at_, now + grace_) : now + grace_;
}

void RunningJob::cancel(bool at_once, SteadyTime now) {
  end_all(JobFinished::Outcome::cancelled, now);
  if (!at_once) return;
  term_at_.reset();
  kill_at_ = now;
}

void RunningJob::main_ended(int status, const struct rusage& usage, SteadyTime now) {
  main_running_ = false;
  timeout_at_.reset();
  looked_at_ = now - look_again;
  if (WIFSIGNALED(status)) {
    result_.outcome = JobFinished::Outcome::signalled;
    result_.signal = WTERMSIG(status);
  } else {
    result_.exit_code = WEXITSTATUS(status);
  }
  if (ended_by_us_) result_.outcome = *ended_by_us_;
  result_.usage = {.user_time = to_duration(usage.ru_utime),
                   .system_time = to_duration(usage.ru_stime),
                   .peak_memory_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024};
  result_.at = mlpipe::now();
}

bool RunningJob::advance(SteadyTime now, const Surroundings& around) {
  if (timeout_at_ && now >= *timeout_at_) end_all(JobFinished::Outcome::timed_out, now);
  if (!main_running_) {
    looked_at_ = now;
    if (!something_left(around) || find_left(around).empty()) {
      result_.lingering = static_cast<int>(lingering_.size());
      return true;
    }
    if (!kill_at_) {
      term_at_ = now + std::min(quiet_time, grace_);
      kill_at_ = *term_at_ + std::min(longest_lingering_grace, grace_);
    }
  }
  if (kill_at_ && now >= *kill_at_) {
    looked_at_ = now;
    signal_all(SIGKILL, around);
  } else if (term_at_ && now >= *term_at_) {
    signal_all(SIGTERM, around);
    term_sent_ = true;
  }
  if (term_at_ && now >= *term_at_) term_at_.reset();
  return false;
}

std::optional<SteadyTime> RunningJob::due() const {
  std::optional<SteadyTime> first = timeout_at_;
  const auto also = [&first](SteadyTime time) { first = first ? std::min(*first, time) : time; };
  if (term_at_) also(*term_at_);
  if (kill_at_) also(std::max(*kill_at_, looked_at_ + look_again));
  if (!main_running_) also(looked_at_ + look_again);
  return first;
}

bool RunningJob::something_left(const Surroundings& around) const {
  if (::kill(-processes_.main(), 0) == 0 || errno == EPERM) return true;
  return std::any_of(around.strays.begin(), around.strays.end(), [this](const Stray& stray) {
    return stray.mark == processes_.mark() ||
           stray.mark.supervisor() != processes_.mark().supervisor();
  });
}

std::vector<ProcessEntry> RunningJob::find_left(const Surroundings& around) {
  std::vector<pid_t> more;
  if (around.only_job)
    for (const auto& stray : around.strays) more.push_back(stray.pid);
  return processes_.find(all_processes(), more);
}

void RunningJob::signal_all(int signal, const Surroundings& around) {
  // The group first, in one step: what it forks meanwhile gets the signal too. The id is only safe
  // while the main process has not been waited for.
  const pid_t group = main_running_ ? processes_.main() : 0;
  if (group != 0) ::kill(-group, signal);
  for (const auto& process : find_left(around)) {
    if (!main_running_) lingering_.insert(process.pid);
    if (process.group != group) ::kill(process.pid, signal);
    if (signal == SIGTERM) ::kill(process.pid, SIGCONT);  // a stopped process would not see it
  }
}

}  // namespace mlpipe
