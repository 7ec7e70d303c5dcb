#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <thread>

#include "base/background_process.h"
#include "base/error.h"
#include "base/event_queue.h"
#include "base/file_lock.h"
#include "remote/job_folder.h"
#include "target/local_target.h"
#include "target/supervisor_protocol.h"

namespace mlpipe {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t frame_head = 4;  // the length
constexpr auto look_again = 50ms;
/// A job that nobody has watched for so long ends by itself (semantics.md 4).
constexpr std::int64_t orphan_timeout_s = std::int64_t{7} * 24 * 3600;
/// Who watches says so more often than this.
constexpr auto watch_time = 5min;

/// Nothing if it is none: a power failure may leave an empty file, another version another format.
std::optional<RunJob> read_job(std::string_view bytes) {
  try {
    auto command = decode_helper_command(bytes.substr(std::min(frame_head, bytes.size())));
    if (auto* any = std::get_if<HelperCommand>(&command))
      if (auto* asked = std::get_if<RunJob>(any)) return std::move(*asked);
  } catch (const ProtocolError&) {  // NOLINT(bugprone-empty-catch)
  }
  return std::nullopt;
}

/// A file that lies on no disk, to be read from its beginning.
Fd in_memory(std::string_view bytes) {
  Fd file(::memfd_create("job", MFD_CLOEXEC));
  if (!file) fail_errno(errno, "cannot prepare to start a job (memfd)");
  write_all(file.get(), bytes, "job");
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

JobEvent read_event(const std::filesystem::path& file) {
  const auto bytes = read_file(file);
  return decode_event(std::string_view(bytes).substr(std::min(frame_head, bytes.size())));
}

/// Runs one job, and looks now and then whether somebody wants it to end.
class Keeper {
 public:
  Keeper(JobFolder job, RunJob asked, int news)
      : job_(std::move(job)),
        asked_(std::move(asked)),
        news_(news),
        target_([this](const JobEvent& event) { events_.push(event); }) {}

  void run() {
    Slots slots(slot_directory(), asked_.capacity);
    const auto lease = wait_for_slots(slots);
    if (!lease) return end_before_start();
    if (!asked_.capacity.gpus.empty()) show_gpus(asked_.job, lease->gpus);
    target_.submit(asked_.job);
    wait_for_end(asked_.job.id);
  }

 private:
  [[nodiscard]] std::optional<SlotLease> wait_for_slots(Slots& slots) {
    for (;;) {
      if (auto lease = slots.try_take(asked_.slots)) return lease;
      if (stat_link(job_.file("end")) || is_orphaned()) return std::nullopt;
      std::this_thread::sleep_for(look_again);
    }
  }

  static void show_gpus(Job& job, const std::vector<unsigned>& gpus) {
    std::erase_if(job.environment, [](const std::string& variable) {
      return variable.starts_with("CUDA_VISIBLE_DEVICES=");
    });
    job.environment.push_back(fmt::format("CUDA_VISIBLE_DEVICES={}", fmt::join(gpus, ",")));
  }

  void end_before_start() {
    finish({.job = asked_.job.id, .outcome = JobFinished::Outcome::cancelled, .at = now()});
  }

  void wait_for_end(JobId job) {
    for (;;) {
      const auto event = events_.pop_within(look_again);
      if (event) {
        if (const auto* finished = std::get_if<JobFinished>(&*event)) return finish(*finished);
        write_file_atomically(job_.file("started"), encode(*event));
        (void)!::write(news_, "s", 1);
      }
      end_if_asked(job);
    }
  }

  void end_if_asked(JobId job) {
    if (!stat_link(job_.file("end"))) {
      if (!asked_to_end_ && is_orphaned()) {
        asked_to_end_ = true;
        target_.cancel(job, false);
      }
      return;
    }
    const bool at_once = read_file(job_.file("end")) == "kill";
    if (at_once && !killed_) target_.cancel(job, true);
    if (!at_once && !asked_to_end_) target_.cancel(job, false);
    killed_ = killed_ || at_once;
    asked_to_end_ = true;
  }

  /// A clock that was set, or a machine that slept, makes nobody an orphan: who watches gets some
  /// minutes to say so.
  [[nodiscard]] bool is_orphaned() {
    const auto look = stat_link(job_.file("lock"));
    const auto moment = std::chrono::steady_clock::now();
    if (!look || look->mtime_ns != watched_ns_) {
      watched_ns_ = look ? look->mtime_ns : 0;
      unwatched_since_ = moment;
    }
    return look && moment - unwatched_since_ > watch_time &&
           to_micros(now()) / 1'000'000 - look->mtime_ns / 1'000'000'000 > orphan_timeout_s;
  }

  void finish(const JobFinished& finished) {
    write_file_atomically(job_.file("result"), encode(JobEvent(finished)), true);
    (void)!::write(news_, "f", 1);
  }

  JobFolder job_;
  RunJob asked_;
  int news_;
  bool asked_to_end_ = false;
  bool killed_ = false;
  std::int64_t watched_ns_ = 0;  ///< When somebody did last, by the lock's time.
  std::chrono::steady_clock::time_point unwatched_since_{};
  EventQueue<JobEvent> events_;
  LocalTarget target_;
};

/// Nothing of an earlier attempt may be taken for this one's.
void clear_record(const JobFolder& job) {
  for (const char* name : {"result", "started", "end", "taken", "stdout", "stderr"}) {
    std::error_code ignored;  // nearly always: it is not there
    std::filesystem::remove(job.file(name), ignored);
  }
}

}  // namespace

std::optional<RunJob> begun_job(const JobFolder& job) {
  if (!stat_link(job.file("job"))) return std::nullopt;
  return read_job(read_file(job.file("job")));
}

JobState state_of(const JobFolder& job) {
  if (!stat_link(job.file("job"))) return JobState::none;
  const LockFile lock(job.file("lock"), LockFile::OnlyLook{});
  if (lock.held_elsewhere(0)) return JobState::running;
  if (!stat_link(job.file("result"))) return JobState::lost;
  const auto event = read_event(job.file("result"));
  const auto* finished = std::get_if<JobFinished>(&event);
  const bool well = finished != nullptr && finished->outcome == JobFinished::Outcome::exited &&
                    finished->exit_code == 0;
  return well ? JobState::succeeded : JobState::ended;
}

Fd start_keeper(const JobFolder& job, const RunJob& command) {
  make_folders(job.path());
  // The keeper gets the lock as it is: there is no moment at which nobody holds it.
  LockFile lock(job.file("lock"));
  if (!lock.try_lock(0)) return {};
  ::futimens(lock.descriptor().get(), nullptr);
  clear_record(job);
  auto asked = command;
  asked.job.stdout_file = job.file("stdout");
  asked.job.stderr_file = job.file("stderr");
  const Fd whole = in_memory(encode(HelperCommand(asked)));
  asked.job.environment.clear();  // may hold secrets, which are written nowhere (semantics.md 6)
  write_file_atomically(job.file("job"), encode(HelperCommand(asked)));
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail_errno(errno, "cannot make a pipe");
  Fd news(ends[0]);
  const Fd theirs(ends[1]);
  (void)start_in_background({.argv = {"mlpipe-job", "keep", job.root.native(), job.name},
                             .folder = "/",
                             .log_file = job.file("keeper.log"),
                             .descriptors = {&lock.descriptor(), &theirs, &whole}});
  return news;
}

int keep_job(const JobFolder& job) {
  constexpr int lock = 3;
  constexpr int news = 4;
  constexpr int whole_job = 5;
  for (const int descriptor : {lock, news, whole_job})
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);  // NOLINT(*-vararg)
  ::umask(077);
  // Who hears the news may be gone. Not ignored, which the job would inherit.
  ::signal(SIGPIPE, [](int) {});
  try {
    const Fd whole(whole_job);
    auto asked = read_job(read_file("/proc/self/fd/5"));
    if (!asked) fail(ErrorKind::internal, "what is to be run did not come");
    Keeper(job, std::move(*asked), news).run();
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}

}  // namespace mlpipe
