#include "remote/job_watch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "base/error.h"
#include "base/file_lock.h"
#include "base/text.h"
#include "remote/job_outputs.h"
#include "target/supervisor_protocol.h"

namespace mlpipe {

namespace {

constexpr int look_again_ms = 100;
constexpr std::chrono::milliseconds touch_again{60'000};

template <class Event>
std::optional<Event> recorded(const std::filesystem::path& file) {
  constexpr std::size_t frame_head = 4;
  if (!stat_link(file)) return std::nullopt;
  const auto bytes = read_file(file);
  const auto event =
      decode_event(std::string_view(bytes).substr(std::min(frame_head, bytes.size())));
  const auto* wanted = std::get_if<Event>(&event);
  return wanted == nullptr ? std::nullopt : std::optional(*wanted);
}

/// Only for people: what hinders it must not end the job.
std::optional<JobWaits> wait_of(const JobFolder& job) {
  try {
    return recorded<JobWaits>(job.file("waits"));
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

JobWatch::JobWatch(FrameChannel& out)
    : out_(out), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), thread_([this] { watch(); }) {}

JobWatch::~JobWatch() {
  const std::lock_guard lock(mutex_);
  closing_ = true;
  (void)!::eventfd_write(wake_.get(), 1);
}

void JobWatch::add(JobFolder job, const RunJob& command, bool goes_on, Fd news) {
  if (news) ::fcntl(news.get(), F_SETFL, O_NONBLOCK);  // NOLINT(*-vararg)
  const std::lock_guard lock(mutex_);
  added_.push_back({.job = std::move(job),
                    .request = command.request,
                    .id = command.job.id,
                    .news = std::move(news),
                    .out = {.file = {}, .sent = command.stdout_bytes},
                    .err = {.file = {}, .sent = command.stderr_bytes},
                    .goes_on = goes_on,
                    .touched_each = std::min(touch_again, command.orphan_timeout / 4)});
  (void)!::eventfd_write(wake_.get(), 1);
}

void JobWatch::watch() {
  for (;;) {
    wait();
    {
      const std::lock_guard lock(mutex_);
      if (closing_) return;
      watched_.splice(watched_.end(), added_);
    }
    for (auto each = watched_.begin(); each != watched_.end();) {
      touch(*each);
      each = look_at(*each) ? watched_.erase(each) : std::next(each);
    }
  }
}

void JobWatch::touch(Watched& watched) {
  const auto moment = std::chrono::steady_clock::now();
  if (moment - watched.touched < watched.touched_each) return;
  watched.touched = moment;
  ::utimensat(AT_FDCWD, watched.job.file("lock").c_str(), nullptr, 0);
}

/// Until there is news of a job, or it is time to look at all of them.
void JobWatch::wait() {
  std::vector<pollfd> what{{wake_.get(), POLLIN, 0}};
  for (const auto& each : watched_)
    if (each.news) what.push_back({each.news.get(), POLLIN, 0});
  ::poll(what.data(), what.size(), is_behind_ ? 0 : watched_.empty() ? -1 : look_again_ms);
  is_behind_ = false;
  eventfd_t count = 0;
  (void)!::eventfd_read(wake_.get(), &count);
}

bool JobWatch::look_at(Watched& watched) {
  std::array<char, 64> letters{};
  if (watched.news && ::read(watched.news.get(), letters.data(), letters.size()) == 0)
    watched.news.reset();
  try {
    // First the end: all else is written before it is.
    const auto end = end_of(watched);
    if (!watched.start_told) tell_begin(watched);
    const bool more_out = tell_log(watched, false);
    const bool more_err = tell_log(watched, true);
    is_behind_ = is_behind_ || more_out || more_err;
    if (!end || more_out || more_err) return false;
    tell(watched, *end);
  } catch (const std::exception& error) {
    tell(watched,
         JobFinished{.outcome = JobFinished::Outcome::lost, .message = error.what(), .at = now()});
  }
  return true;
}

/// That it has begun, or what it waits for.
void JobWatch::tell_begin(Watched& watched) {
  if (const auto started = recorded<JobStarted>(watched.job.file("started"))) {
    watched.start_told = true;
    tell(watched, *started);
  } else if (const auto waits = wait_of(watched.job); waits && waits->what != watched.wait_told) {
    watched.wait_told = waits->what;
    tell(watched, *waits);
  }
}

std::optional<JobFinished> JobWatch::end_of(const Watched& watched) {
  const bool runs = LockFile(watched.job.file("lock"), LockFile::OnlyLook{}).held_elsewhere(0);
  if (auto result = recorded<JobFinished>(watched.job.file("result"))) return result;
  if (runs) return std::nullopt;
  auto why = std::string(trim(read_tail(watched.job.file("keeper.log"), 2000)));
  if (why.empty()) why = "what kept it there was killed, or the machine was started anew";
  return JobFinished{.outcome = JobFinished::Outcome::lost, .message = why, .at = now()};
}

/// True if there is more than one turn's share: one job that writes much must not keep the news of
/// the others back.
bool JobWatch::tell_log(Watched& watched, bool is_stderr) {
  constexpr std::uint64_t share = std::uint64_t{256} << 10U;
  auto& log = is_stderr ? watched.err : watched.out;
  if (!log.file) {
    const auto path = watched.job.file(is_stderr ? "stderr" : "stdout");
    if (!stat_link(path)) return false;
    log.file = open_file(path, O_RDONLY);
  }
  std::array<char, std::size_t{64} << 10U> buffer;  // NOLINT(*-member-init)
  for (const auto enough = log.sent + share;;) {
    if (log.sent >= enough) return true;
    const auto got =
        ::pread(log.file.get(), buffer.data(), buffer.size(), static_cast<off_t>(log.sent));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    out_.send(encode(HelperNews(JobLog{
        .request = watched.request, .is_stderr = is_stderr, .offset = log.sent, .bytes = bytes})));
    log.sent += bytes.size();
  }
}

void JobWatch::tell(const Watched& watched, JobEvent event) {
  std::visit([&](auto& news) { news.job = watched.id; }, event);
  JobNews news{.request = watched.request, .event = std::move(event), .goes_on = watched.goes_on};
  if (const auto* end = std::get_if<JobFinished>(&news.event);
      end != nullptr && !end->succeeded()) {
    try {
      auto metrics = read_metrics_file(watched.job.work());  // of one that ended well: TakeOutputs
      news.metrics = std::move(metrics.bytes);
      news.metrics_at = metrics.written;
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the step may have taken the rights
    }
  }
  out_.send(encode(HelperNews(news)));
}

}  // namespace mlpipe
