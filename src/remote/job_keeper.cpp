#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include "base/background_process.h"
#include "base/error.h"
#include "base/event_queue.h"
#include "base/file_lock.h"
#include "base/text.h"
#include "remote/job_keeper.h"
#include "target/local_target.h"
#include "target/supervisor_protocol.h"

namespace mlpipe {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t frame_head = 4;  // the length
constexpr auto look_again = 50ms;
/// Who watches says so more often than this, and than in the time after which a job is an orphan.
constexpr std::chrono::milliseconds watch_time = 5min;
constexpr std::size_t longest_name = 128;
/// JobFinished::message of a job that was canceled for that.
constexpr std::string_view orphaned_text = "nobody watched it any more (`orphan_timeout`)";

std::optional<RunJob> decode_job(std::string_view bytes) {
  try {
    auto command = decode_helper_command(bytes.substr(std::min(frame_head, bytes.size())));
    if (auto* any = std::get_if<HelperCommand>(&command))
      if (auto* asked = std::get_if<RunJob>(any)) return std::move(*asked);
  } catch (const ProtocolError&) {  // NOLINT(bugprone-empty-catch)
  }
  return std::nullopt;
}

/// A file that lies on no disk.
Fd in_memory(std::string_view bytes) {
  Fd file(::memfd_create("job", MFD_CLOEXEC));
  if (!file) fail_errno(errno, "cannot prepare to start a job (memfd)");
  write_all(file.get(), bytes, "job");
  return file;
}

/// What in_memory() was given.
std::string bytes_of(const Fd& file) {
  struct stat look {};
  if (::fstat(file.get(), &look) != 0) fail_errno(errno, "cannot read what is to be run");
  std::string bytes(static_cast<std::size_t>(look.st_size), '\0');
  const auto got = ::pread(file.get(), bytes.data(), bytes.size(), 0);
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return bytes;
}

JobEvent read_event(const std::filesystem::path& file) {
  const auto bytes = read_file(file);
  return decode_event(std::string_view(bytes).substr(std::min(frame_head, bytes.size())));
}

/// How a job ended has to be written down even if it has filled the disk.
constexpr std::size_t reserve_bytes = std::size_t{64} << 10U;

/// So much room, in a file without a name: it is free again when this is closed, whatever ends us.
Fd reserved_in(const std::filesystem::path& folder) {
  const auto name = folder / fmt::format("reserve.{}", ::getpid());
  auto file = open_file(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::unlink(name.c_str());
  write_all(file.get(), std::string(reserve_bytes, '\0'), name);
  return file;
}

/// What else there is to say of a job that failed.
std::string full_disk_text(const std::filesystem::path& root) {
  struct statvfs disk {};
  if (::statvfs(root.c_str(), &disk) != 0 || disk.f_bavail * disk.f_frsize > reserve_bytes)
    return {};
  return fmt::format(
      "a step failed, and the disk is full below '{}': free some space there, then run again: {}",
      printable(root.native()), full_disk_advice);
}

/// A job that a keeper is to run.
struct KeptJob {
  JobFolder folder;
  Fd lock;   ///< Held while it waits or runs.
  Fd news;   ///< To tell that there is some.
  Fd asked;  ///< A file with the whole RunJob frame.
};

/// Runs one job after the other, and looks now and then whether somebody wants it to end.
class Keeper {
 public:
  explicit Keeper(std::filesystem::path root)
      : root_(std::move(root)), target_([this](const JobEvent& event) { events_.push(event); }) {}

  /// What a job must not begin without is made while there is none, if it can be.
  void get_ready() {
    try {
      make_reserve();
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the next job says so
    }
  }

  /// False if it can run no further job.
  bool run(KeptJob job) {
    job_ = std::move(job);
    asked_to_end_ = false;
    killed_ = false;
    is_orphan_ = false;
    make_reserve();
    const auto finished = end_of_it();
    finish(finished);
    return finished.outcome != JobFinished::Outcome::lost;
  }

 private:
  void make_reserve() {
    if (!reserve_) reserve_ = reserved_in(root_ / "jobs");
  }

  /// Its slots are free when it is told.
  JobFinished end_of_it() {
    auto whole = decode_job(bytes_of(job_.asked));
    if (!whole) fail(ErrorKind::internal, "what is to be run did not come");
    auto& asked = *whole;
    orphan_timeout_ = asked.orphan_timeout;
    if (!slots_ || capacity_ != asked.capacity) slots_.emplace(slot_directory(), asked.capacity);
    capacity_ = asked.capacity;
    const auto lease = wait_for_slots(asked);
    if (!lease)
      return {.job = asked.job.id, .outcome = JobFinished::Outcome::cancelled, .at = now()};
    if (!asked.capacity.gpus.empty()) show_gpus(asked.job, lease->gpus);
    target_.submit(asked.job);
    auto finished = wait_for_end(asked.job.id);
    slots_->release(*lease);
    return finished;
  }

  [[nodiscard]] std::optional<SlotLease> wait_for_slots(const RunJob& asked) {
    std::string told;
    for (int looks = 0;; ++looks) {
      if (stat_link(job_.folder.file("end")) || ends_as_orphan()) return std::nullopt;
      if (auto lease = slots_->try_take(asked.slots)) return lease;
      if (looks > 0) tell_wait(asked, told);  // most waits are shorter than a look
      std::this_thread::sleep_for(look_again);
    }
  }

  /// Only for people: what hinders it (a full disk) must not end the job.
  void tell_wait(const RunJob& asked, std::string& told) {
    try {
      auto what = slots_->lacking(asked.slots);
      if (what.empty() || what == told) return;
      told = std::move(what);
      write_file_atomically(job_.folder.file("waits"),
                            encode(JobEvent(JobWaits{asked.job.id, told, now()})));
      (void)!::write(job_.news.get(), "w", 1);
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch)
    }
  }

  static void show_gpus(Job& job, const std::vector<unsigned>& gpus) {
    std::erase_if(job.environment, [](const std::string& variable) {
      return variable.starts_with("CUDA_VISIBLE_DEVICES=");
    });
    job.environment.push_back(fmt::format("CUDA_VISIBLE_DEVICES={}", fmt::join(gpus, ",")));
  }

  JobFinished wait_for_end(JobId job) {
    for (;;) {
      const auto event = events_.pop_within(look_again);
      if (event) {
        if (const auto* finished = std::get_if<JobFinished>(&*event)) return *finished;
        write_file_atomically(job_.folder.file("started"), encode(*event));
        (void)!::write(job_.news.get(), "s", 1);
      }
      end_if_asked(job);
    }
  }

  void end_if_asked(JobId job) {
    if (!stat_link(job_.folder.file("end"))) {
      if (!asked_to_end_ && ends_as_orphan()) {
        asked_to_end_ = true;
        target_.cancel(job, false);
      }
      return;
    }
    const bool at_once = read_file(job_.folder.file("end")) == "kill";
    if (at_once && !killed_) target_.cancel(job, true);
    if (!at_once && !asked_to_end_) target_.cancel(job, false);
    killed_ = killed_ || at_once;
    asked_to_end_ = true;
  }

  /// A clock that was set, or a machine that slept, makes nobody an orphan: who watches gets some
  /// minutes to say so.
  [[nodiscard]] bool is_orphaned() {
    const auto look = stat_link(job_.folder.file("lock"));
    const auto moment = std::chrono::steady_clock::now();
    if (!look || look->mtime_ns != watched_ns_) {
      watched_ns_ = look ? look->mtime_ns : 0;
      unwatched_since_ = moment;
    }
    return look && moment - unwatched_since_ > std::min(watch_time, orphan_timeout_) &&
           to_micros(now()) / 1000 - look->mtime_ns / 1'000'000 > orphan_timeout_.count();
  }

  bool ends_as_orphan() { return is_orphan_ = is_orphaned(); }

  void finish(JobFinished finished) {
    if (finished.outcome == JobFinished::Outcome::cancelled && is_orphan_)
      finished.message = orphaned_text;
    if (finished.outcome == JobFinished::Outcome::exited && finished.exit_code != 0)
      finished.message = full_disk_text(job_.folder.root);
    reserve_.reset();
    // Not flushed, for small steps' sake: a machine that fails in these seconds runs it again.
    write_file_atomically(job_.folder.file("result"), encode(JobEvent(finished)));
    job_.lock.reset();
    (void)!::write(job_.news.get(), "f", 1);
    job_.news.reset();
  }

  std::filesystem::path root_;
  Fd reserve_;
  std::optional<Slots> slots_;
  SlotCapacity capacity_;  ///< Theirs.
  KeptJob job_;
  bool asked_to_end_ = false;
  bool killed_ = false;
  bool is_orphan_ = false;
  std::chrono::milliseconds orphan_timeout_{};
  std::int64_t watched_ns_ = 0;  ///< When somebody did last, by the lock's time.
  std::chrono::steady_clock::time_point unwatched_since_{};
  EventQueue<JobEvent> events_;
  LocalTarget target_;
};

/// What a helper sends a keeper: the name of a job, with what belongs to it.
class Handing {
 public:
  explicit Handing(std::string_view name) { name.copy(name_.data(), bytes_.iov_len = name.size()); }
  Handing() = default;

  [[nodiscard]] bool send(int socket, const JobKeepers::Belongings& belongings) {
    auto message = header();
    auto* control = CMSG_FIRSTHDR(&message);
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = CMSG_LEN(descriptors_bytes);
    const std::array<int, 3> descriptors{belongings[0]->get(), belongings[1]->get(),
                                         belongings[2]->get()};
    std::memcpy(CMSG_DATA(control), descriptors.data(), descriptors_bytes);
    return ::sendmsg(socket, &message, MSG_NOSIGNAL) >= 0;
  }

  /// Nothing once the helper is gone.
  [[nodiscard]] std::optional<KeptJob> receive(int socket, const std::filesystem::path& root) {
    auto message = header();
    const auto got = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    const auto* control = CMSG_FIRSTHDR(&message);
    if (got <= 0 || control == nullptr || control->cmsg_len != CMSG_LEN(descriptors_bytes))
      return std::nullopt;
    std::array<int, 3> descriptors{};
    std::memcpy(descriptors.data(), CMSG_DATA(control), descriptors_bytes);
    return KeptJob{.folder = {root, std::string(name_.data(), static_cast<std::size_t>(got))},
                   .lock = Fd(descriptors[0]),
                   .news = Fd(descriptors[1]),
                   .asked = Fd(descriptors[2])};
  }

 private:
  static constexpr std::size_t descriptors_bytes = 3 * sizeof(int);

  [[nodiscard]] msghdr header() {
    msghdr message{};
    message.msg_iov = &bytes_;
    message.msg_iovlen = 1;
    message.msg_control = control_.data();
    message.msg_controllen = control_.size();
    return message;
  }

  std::array<char, longest_name> name_{};
  iovec bytes_{name_.data(), name_.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(descriptors_bytes)> control_{};
};

/// Nothing of an earlier attempt may be taken for this one's.
void clear_record(const JobFolder& job) {
  for (const char* name : {"result", "waits", "started", "end", "taken", "part", "keeping",
                           "stdout", "stderr", "keeper.log"}) {
    std::error_code ignored;  // nearly always: it is not there
    std::filesystem::remove(job.file(name), ignored);
  }
}

}  // namespace

std::optional<RunJob> begun_job(const JobFolder& job) {
  if (!stat_link(job.file("job"))) return std::nullopt;
  return decode_job(read_file(job.file("job")));
}

JobState state_of(const JobFolder& job) {
  if (!stat_link(job.file("job"))) return JobState::none;
  const LockFile lock(job.file("lock"), LockFile::OnlyLook{});
  if (lock.held_elsewhere(0)) return JobState::running;
  if (!stat_link(job.file("result"))) return JobState::lost;
  try {
    const auto event = read_event(job.file("result"));
    const auto* finished = std::get_if<JobFinished>(&event);
    if (finished == nullptr) return JobState::ended;
    if (finished->message == orphaned_text) return JobState::orphaned;
    return finished->succeeded() ? JobState::succeeded : JobState::ended;
  } catch (const ProtocolError&) {
    return JobState::lost;  // the machine failed before it was on disk
  }
}

Fd JobKeepers::start(const JobFolder& job, const RunJob& command) {
  const bool is_new = std::filesystem::create_directory(job.path());
  // The keeper gets the lock as it is: there is no moment at which nobody holds it.
  LockFile lock(job.file("lock"));
  if (!lock.try_lock(0)) return {};
  ::futimens(lock.descriptor().get(), nullptr);
  if (!is_new) clear_record(job);
  auto asked = command;
  asked.make.reset();
  asked.job.stdout_file = job.file("stdout");
  asked.job.stderr_file = job.file("stderr");
  const Fd whole = in_memory(encode(HelperCommand(asked)));
  asked.job.environment.clear();  // may hold secrets, which are written nowhere (semantics.md 6)
  // Read while it is written it is one that cannot be read; and it runs, as its lock says.
  write_all(open_file(job.file("job"), O_WRONLY | O_CREAT | O_TRUNC, 0600).get(),
            encode(HelperCommand(asked)), job.file("job"));
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail_errno(errno, "cannot make a pipe");
  Fd news(ends[0]);
  const Fd theirs(ends[1]);
  hand_over(job, {&lock.descriptor(), &theirs, &whole});
  return news;
}

void JobKeepers::hand_over(const JobFolder& job, const Belongings& belongings) {
  const std::lock_guard guard(mutex_);
  if (hand_to_idle(job.name, belongings)) return;
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    fail_errno(errno, "cannot make a socket");
  Fd keeper(ends[0]);
  const Fd theirs(ends[1]);
  (void)start_in_background({.argv = {"mlpipe-job", "keep", root_.native()},
                             .folder = "/",
                             .log_file = root_ / "keepers.log",
                             .descriptors = {&theirs}});
  if (!Handing(job.name).send(keeper.get(), belongings))
    fail_errno(errno, "cannot hand a job to the process that keeps it");
  keepers_.push_back(std::move(keeper));
}

/// A keeper sends a letter whenever it has ended a job.
bool JobKeepers::hand_to_idle(std::string_view name, const Belongings& belongings) {
  for (auto keeper = keepers_.begin(); keeper != keepers_.end();) {
    char letter = 0;
    const auto got = ::recv(keeper->get(), &letter, 1, MSG_DONTWAIT);
    if (got == 1 && Handing(name).send(keeper->get(), belongings)) return true;
    const bool is_busy = got < 0 && (errno == EAGAIN || errno == EINTR);
    keeper = is_busy ? std::next(keeper) : keepers_.erase(keeper);
  }
  return false;
}

int keep_jobs(const std::filesystem::path& root) {
  const Fd helper(3);
  ::fcntl(helper.get(), F_SETFD, FD_CLOEXEC);  // NOLINT(*-vararg)
  ::signal(SIGPIPE, SIG_IGN);                  // the helper may be gone
  ::umask(077);
  std::filesystem::path log;
  try {
    Keeper keeper(root);
    while (auto job = Handing().receive(helper.get(), root)) {
      log = job->folder.file("keeper.log");
      if (!keeper.run(std::move(*job))) break;
      (void)!::send(helper.get(), "i", 1, MSG_NOSIGNAL);
      keeper.get_ready();
    }
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    if (!log.empty()) write_file_atomically(log, error.what());
    return 1;
  }
}

}  // namespace mlpipe
