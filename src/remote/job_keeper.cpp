#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <thread>

#include "base/background_process.h"
#include "base/error.h"
#include "base/event_queue.h"
#include "base/file_lock.h"
#include "base/text.h"
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

JobEvent read_event(const std::filesystem::path& file) {
  const auto bytes = read_file(file);
  return decode_event(std::string_view(bytes).substr(std::min(frame_head, bytes.size())));
}

/// How it ended has to be written down even if the job has filled the disk.
constexpr std::size_t reserve_bytes = std::size_t{64} << 10U;

/// What else there is to say of a job that failed.
std::string full_disk_text(const std::filesystem::path& root) {
  struct statvfs disk {};
  if (::statvfs(root.c_str(), &disk) != 0 || disk.f_bavail * disk.f_frsize > reserve_bytes)
    return {};
  return fmt::format(
      "a step failed, and the disk is full below '{}': free some space there, then run again",
      printable(root.native()));
}

/// Runs one job, and looks now and then whether somebody wants it to end.
class Keeper {
 public:
  explicit Keeper(JobFolder job, int news)
      : job_(std::move(job)),
        news_(news),
        target_([this](const JobEvent& event) { events_.push(event); }) {}

  void run() {
    auto asked = begun_job(job_).value();
    write_file_atomically(job_.file("reserve"), std::string(reserve_bytes, '\0'));
    Slots slots(slot_directory(), asked.capacity);
    const auto lease = wait_for_slots(slots, asked);
    if (!lease) return end_before_start(asked.job);
    if (!asked.capacity.gpus.empty()) show_gpus(asked.job, lease->gpus);
    target_.submit(asked.job);
    wait_for_end(asked.job.id);
  }

 private:
  [[nodiscard]] std::optional<SlotLease> wait_for_slots(Slots& slots, const RunJob& asked) const {
    for (;;) {
      if (auto lease = slots.try_take(asked.slots)) return lease;
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

  void end_before_start(const Job& job) {
    finish({.job = job.id, .outcome = JobFinished::Outcome::cancelled, .at = now()});
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

  [[nodiscard]] bool is_orphaned() const {
    const auto look = stat_link(job_.file("lock"));
    return look && to_micros(now()) / 1'000'000 - look->mtime_ns / 1'000'000'000 > orphan_timeout_s;
  }

  void finish(JobFinished finished) {
    if (finished.outcome == JobFinished::Outcome::exited && finished.exit_code != 0)
      finished.message = full_disk_text(job_.root);
    std::filesystem::remove(job_.file("reserve"));
    write_file_atomically(job_.file("result"), encode(JobEvent(finished)), true);
    (void)!::write(news_, "f", 1);
  }

  JobFolder job_;
  int news_;
  bool asked_to_end_ = false;
  bool killed_ = false;
  EventQueue<JobEvent> events_;
  LocalTarget target_;
};

/// Nothing of an earlier attempt may be taken for this one's.
void clear_record(const JobFolder& job) {
  for (const char* name :
       {"result", "started", "end", "taken", "part", "stdout", "stderr", "keeper.log"}) {
    std::error_code ignored;  // nearly always: it is not there
    std::filesystem::remove(job.file(name), ignored);
  }
}

}  // namespace

std::optional<RunJob> begun_job(const JobFolder& job) {
  if (!stat_link(job.file("job"))) return std::nullopt;
  const auto bytes = read_file(job.file("job"));
  auto command =
      decode_helper_command(std::string_view(bytes).substr(std::min(frame_head, bytes.size())));
  if (auto* any = std::get_if<HelperCommand>(&command))
    if (auto* asked = std::get_if<RunJob>(any)) return std::move(*asked);
  return std::nullopt;
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
  write_file_atomically(job.file("job"), encode(HelperCommand(asked)));
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail_errno(errno, "cannot make a pipe");
  Fd news(ends[0]);
  const Fd theirs(ends[1]);
  (void)start_in_background({.argv = {"mlpipe-job", "keep", job.root.native(), job.name},
                             .folder = "/",
                             .log_file = job.file("keeper.log"),
                             .descriptors = {&lock.descriptor(), &theirs}});
  return news;
}

int keep_job(const JobFolder& job) {
  constexpr int lock = 3;
  constexpr int news = 4;
  for (const int descriptor : {lock, news})
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);  // NOLINT(*-vararg)
  ::umask(077);
  try {
    Keeper(job, news).run();
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}

}  // namespace mlpipe
