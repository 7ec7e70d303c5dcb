// The part of RemoteHost that knows jobs: what is asked of them, and what comes back.

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "remote/remote_host.h"

namespace mlpipe {

namespace {

/// Throws Error(system) where the file that a job's output comes back into cannot be made.
void check_log(const std::filesystem::path& file) {
  if (::access(file.parent_path().c_str(), W_OK | X_OK) != 0)
    fail_errno(errno, fmt::format("cannot write '{}'", printable(file.native())));
}

/// What an adopted job has told before is there already.
Fd open_log(const std::filesystem::path& file) {
  return open_file(file, O_WRONLY | O_CREAT | O_TRUNC);
}

}  // namespace

/// Once the job is on its way: what fails now does not end it.
void RemoteHost::open_logs(Running& running) const {
  try {
    running.out = open_log(running.job.job.stdout_file);
    running.err = open_log(running.job.job.stderr_file);
  } catch (const Error& error) {
    tell_people(fmt::format("the log of a step is not kept: {}", error.what()));
  }
}

void RemoteHost::submit(const Job& job) {
  run({.job = job,
       .name = fmt::format("{}-{}", token_, job.id.value),
       .slots = {.cpus = 0}});  // who submits has taken what it takes
}

void RemoteHost::run(RemoteJob job) {
  if (const auto rest = run_without_waiting(std::move(job))) rest();
}

std::function<void()> RemoteHost::run_without_waiting(RemoteJob job) {
  const JobId id = job.job.id;
  Lock lock(mutex_);
  auto& running = jobs_[id];
  running.job = std::move(job);
  running.request = next_request();
  job_of_[running.request] = id;
  std::string problem;
  std::string frame;
  try {
    check_log(running.job.job.stdout_file);
    check_log(running.job.job.stderr_file);
    frame = encode(HelperCommand(command_for(running)));
  } catch (const std::exception& error) {
    problem = error.what();
  }
  if (!problem.empty() || !given_up_.empty()) {
    refused_.push_back({.job = id,
                        .outcome = problem.empty() ? JobFinished::Outcome::lost
                                                   : JobFinished::Outcome::not_started,
                        .message = problem.empty() ? given_up_ : problem});
    job_of_.erase(running.request);
    jobs_.erase(id);
    changed_.notify_all();
    return {};
  }
  wanted_ = true;
  const auto link = link_;
  const bool is_sent = link && link->send_if_free(frame);
  open_logs(running);  // nobody looks for them before we unlock
  changed_.notify_all();
  if (is_sent || !link) return {};  // it is sent once there is a connection
  return [link, frame = std::move(frame)] { link->send(frame); };
}

void RemoteHost::end_job(JobId job, bool at_once) {
  Lock lock(mutex_);
  const auto found = jobs_.find(job);
  if (found == jobs_.end()) return;
  auto& running = found->second;
  running.end_asked = at_once || running.end_asked.value_or(false);
  const auto link = link_;
  const EndJob command{
      .request = running.request, .name = running.job.name, .at_once = *running.end_asked};
  lock.unlock();
  if (link) link->send(encode(HelperCommand(command)));
}

void RemoteHost::end_job_called(const std::string& name, bool at_once) {
  Lock lock(mutex_);
  wait_for_link(lock);
  const auto link = link_;
  const EndJob command{.request = next_request(), .name = name, .at_once = at_once};
  lock.unlock();
  link->send(encode(HelperCommand(command)));
}

RunJob RemoteHost::command_for(const Running& running) const {
  return {.request = running.request,
          .name = running.job.name,
          .token = fmt::format("{}-{}", token_, running.job.job.id.value),
          // One that is known to have begun is never begun again.
          .only_watch = running.start_told,
          .make = running.start_told ? std::nullopt : running.job.make,
          .job = running.job.job,
          .slots = running.job.slots,
          .capacity = running.job.capacity,
          .orphan_timeout = options_.orphan_timeout,
          .stdout_bytes = running.out_bytes,
          .stderr_bytes = running.err_bytes};
}

void RemoteHost::take_log(const JobLog& news) {
  const std::lock_guard lock(mutex_);
  const auto job = job_of_.find(news.request);
  if (job == job_of_.end()) return;
  auto& running = jobs_.at(job->second);
  auto& bytes = news.is_stderr ? running.err_bytes : running.out_bytes;
  if (news.offset != bytes) return;  // told before
  try {
    write_all(news.is_stderr ? running.err.get() : running.out.get(), news.bytes,
              news.is_stderr ? running.job.job.stderr_file : running.job.job.stdout_file);
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): a full disk must not end the step
  }
  bytes += news.bytes.size();
}

/// Under the mutex. What came on its way faster than the greeting did is not in the future.
TimePoint RemoteHost::by_our_clock(TimePoint there) {
  return std::min(there - clock_ahead_, now());
}

void RemoteHost::take_job_news(const JobNews& news) {
  auto event = news.event;
  {
    const std::lock_guard lock(mutex_);
    std::visit([this](auto& each) { each.at = by_our_clock(each.at); }, event);
  }
  if (auto* told = std::get_if<JobStarted>(&event)) told->goes_on = news.goes_on;
  if (auto* told = std::get_if<JobWaits>(&event)) told->what = printable(told->what);
  if (auto* told = std::get_if<JobFinished>(&event)) {
    told->message = printable(told->message);
    told->metrics = news.metrics;
    const std::lock_guard lock(mutex_);
    told->metrics_at = by_our_clock(news.metrics_at);
  }
  const auto* end = std::get_if<JobFinished>(&event);
  if (end != nullptr && end->outcome == JobFinished::Outcome::exited && !end->message.empty())
    tell_people(end->message);
  take_event(news.request, std::move(event));
}

void RemoteHost::take_job_refusal(const Refusal& refusal) {
  const bool is_lost = refusal.kind == ErrorKind::not_found;
  if (is_lost) {
    const std::lock_guard lock(mutex_);
    const auto job = job_of_.find(refusal.request);
    if (job != job_of_.end() && link_ && jobs_.at(job->second).job.make)
      link_->known().remove(jobs_.at(job->second).job.make->needed);
  }
  take_event(refusal.request, JobFinished{.outcome = is_lost ? JobFinished::Outcome::unprepared
                                                             : JobFinished::Outcome::not_started,
                                          .message = printable(refusal.message) +
                                                     advice_for_refusal(refusal.message),
                                          .at = now()});
}

void RemoteHost::take_event(RequestId request, JobEvent event) {
  Lock lock(mutex_);
  const auto job = job_of_.find(request);
  if (job == job_of_.end()) return;
  auto& running = jobs_.at(job->second);
  std::visit([&](auto& news) { news.job = job->second; }, event);
  if (std::holds_alternative<JobStarted>(event)) {
    if (std::exchange(running.start_told, true)) return;
  } else if (std::holds_alternative<JobWaits>(event)) {
    if (running.start_told) return;  // it waited before it began
  } else if (std::holds_alternative<JobFinished>(event)) {
    jobs_.erase(job->second);
    job_of_.erase(job);
  }
  lock.unlock();
  sink_(event);
  lock.lock();
  changed_.notify_all();
}

}  // namespace mlpipe
