#include "target/local_target.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <utility>
#include <vector>

#include "base/error.h"
#include "target/orphans.h"

namespace mlpipe {

namespace {

constexpr int supervisor_socket = 3;

/// This executable once more (not by its name, see supervise()), in a session of its own, with
/// nothing of ours but the socket.
pid_t spawn_supervisor(int socket) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_adddup2(&actions, socket, supervisor_socket);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  std::array<std::string, 3> words{"job-supervisor", "supervise",
                                   std::to_string(supervisor_socket)};
  std::array<char*, 4> argv{words[0].data(), words[1].data(), words[2].data(), nullptr};
  pid_t pid = 0;
  const int error =
      ::posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (error != 0)
    fail_errno(error, "cannot start the process that starts the steps (mlpipe supervise)");
  return pid;
}

void block_all_signals() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

}  // namespace

LocalTarget::LocalTarget(JobEventSink sink)
    : sink_(std::move(sink)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!wake_) fail_errno(errno, "cannot prepare to start steps (eventfd)");
}

LocalTarget::~LocalTarget() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    if (socket_) ::shutdown(socket_.get(), SHUT_WR);
    wake();
  }
  if (conversation_.joinable()) conversation_.join();
}

pid_t LocalTarget::supervisor() const {
  const std::lock_guard lock(mutex_);
  return supervisor_;
}

void LocalTarget::submit(const Job& job) {
  const std::lock_guard lock(mutex_);
  auto refuse = [&](JobFinished::Outcome outcome, std::string message) {
    refused_.push_back({.job = job.id, .outcome = outcome, .message = std::move(message)});
    wake();
  };
  try {
    if (!conversation_.joinable()) start();
    if (gone_)
      return refuse(
          JobFinished::Outcome::lost,
          "the process that starts the steps (mlpipe supervise) has ended: run again to go on");
    const auto frame = encode(SubmitJob{job});
    unfinished_.emplace(job.id, 0);
    send(frame);
  } catch (const std::exception& error) {
    refuse(JobFinished::Outcome::not_started, error.what());
  }
}

void LocalTarget::cancel(JobId job, bool at_once) {
  const std::lock_guard lock(mutex_);
  if (unfinished_.contains(job)) send(encode(CancelJob{.job = job, .at_once = at_once}));
}

/// The thread comes first: it also tells the sink that there is no supervisor.
void LocalTarget::start() {
  try {
    start_supervisor();
  } catch (const Error&) {
    gone_ = true;
    conversation_ = std::jthread([this] { converse(); });
    throw;
  }
  conversation_ = std::jthread([this] { converse(); });
}

void LocalTarget::start_supervisor() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    fail_errno(errno, "cannot prepare to start steps (socketpair)");
  socket_ = Fd(ends[0]);
  const Fd theirs(ends[1]);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);  // NOLINT(*-vararg)
  supervisor_ = spawn_supervisor(theirs.get());
}

/// Never blocks: what the socket does not take now is left for the conversation's thread.
void LocalTarget::send(std::string_view frame) {
  const bool was_empty = unsent_.empty();
  unsent_.add(frame);
  if (!was_empty) return;
  unsent_.flush(socket_.get());
  if (!unsent_.empty()) wake();
}

void LocalTarget::wake() { (void)!::eventfd_write(wake_.get(), 1); }

/// The thread: all that comes from the supervisor, and what did not get to it.
void LocalTarget::converse() {
  block_all_signals();
  FrameReader frames;
  bool open = supervisor() != 0;
  for (bool closing = false; open || !closing;) {
    std::array<pollfd, 2> what{{{wake_.get(), POLLIN, 0}, {-1, 0, 0}}};
    if (open) {
      const std::lock_guard lock(mutex_);
      what[1].fd = socket_.get();
      what[1].events = static_cast<short>(unsent_.empty() ? POLLIN : POLLIN | POLLOUT);
    }
    ::poll(what.data(), what.size(), -1);
    eventfd_t count = 0;
    (void)!::eventfd_read(wake_.get(), &count);
    if (open && (what[1].revents & ~POLLOUT) != 0 && !read_events(frames)) {
      finish_unfinished();
      open = false;
    }
    deliver_refused();
    const std::lock_guard lock(mutex_);
    if (open) unsent_.flush(socket_.get());
    closing = closing_;
  }
  deliver_refused();
}

/// False at the end of the stream.
bool LocalTarget::read_events(FrameReader& frames) {
  std::array<char, 65536> buffer;  // NOLINT(*-member-init)
  const auto got = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got == 0) return false;
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  try {
    frames.add({buffer.data(), static_cast<std::size_t>(got)});
    while (const auto frame = frames.next()) deliver(decode_event(*frame));
    return true;
  } catch (const ProtocolError&) {
    return false;
  }
}

void LocalTarget::deliver(const JobEvent& event) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto* started = std::get_if<JobStarted>(&event))
      unfinished_[started->job] = static_cast<pid_t>(started->pid);
    else if (const auto* finished = std::get_if<JobFinished>(&event))
      unfinished_.erase(finished->job);
  }
  sink_(event);
}

void LocalTarget::deliver_refused() {
  std::deque<JobFinished> refused;
  {
    const std::lock_guard lock(mutex_);
    refused.swap(refused_);
  }
  for (auto& event : refused) {
    event.at = now();
    sink_(event);
  }
}

/// The supervisor is gone, or does not speak our language any more: nothing of its jobs may stay.
void LocalTarget::finish_unfinished() {
  std::map<JobId, pid_t> unfinished;
  pid_t supervisor = 0;
  bool closing = false;
  {
    const std::lock_guard lock(mutex_);
    gone_ = true;
    unsent_.clear();
    unfinished.swap(unfinished_);
    supervisor = supervisor_;
    closing = closing_;
  }
  std::vector<pid_t> mains;
  for (const auto& [job, main] : unfinished)
    if (main != 0) mains.push_back(main);
  end_supervisor_and_orphans(supervisor, mains, closing);
  for (const auto& [job, main] : unfinished)
    sink_(JobFinished{
        .job = job,
        .outcome = closing ? JobFinished::Outcome::cancelled : JobFinished::Outcome::lost,
        .message = closing ? ""
                           : "the process that starts the steps (mlpipe supervise) was killed, and "
                             "with it the steps that were running: run again to go on",
        .at = now()});
}

}  // namespace mlpipe
