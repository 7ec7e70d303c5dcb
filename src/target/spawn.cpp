#include "target/spawn.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <new>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "target/enclosed_start.h"

#if defined(__clang__)
#define MLPIPE_NOT_INSTRUMENTED __attribute__((disable_sanitizer_instrumentation))
#else
#define MLPIPE_NOT_INSTRUMENTED
#endif

/// libc's clone(2) by the name that ThreadSanitizer does not intercept: it would run its own code
/// in the child.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming,*-vararg)
extern "C" int __clone(int (*run)(void*), void* stack, int flags, void* argument, ...) noexcept;

namespace mlpipe {

namespace {

enum class Stage { preparing, entering_folder, executing };

/// How far the child came, and the errno that stopped it.
struct ChildNews {
  Stage stage = Stage::preparing;
  int error = 0;
};

/// What the child is to do.
struct ChildPlan {
  const char* program = nullptr;
  char* const* argv = nullptr;
  char* const* environment = nullptr;
  const char* work_directory = nullptr;
  int in = -1;
  int out = -1;
  int err = -1;
  int channel = -1;     ///< For 3, and …
  int executable = -1;  ///< … for 4, if the job runs in an enclosure.
  pid_t parent = 0;
  std::uint64_t mark = 0;
  ChildNews* news = nullptr;
};

/// A ChildNews in a page that parent and child both see: the rest of the memory is the child's own.
class SharedNews {
 public:
  SharedNews()
      : page_(::mmap(nullptr, sizeof(ChildNews), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                     -1, 0)) {
    if (page_ == MAP_FAILED) fail_errno(errno, "cannot start a process (mmap)");
    news_ = new (page_) ChildNews;
  }
  ~SharedNews() { ::munmap(page_, sizeof(ChildNews)); }
  SharedNews(const SharedNews&) = delete;
  SharedNews& operator=(const SharedNews&) = delete;

  [[nodiscard]] ChildNews* get() const { return news_; }

 private:
  void* page_;
  ChildNews* news_ = nullptr;
};

/// The child's way to exec. System calls only: nothing that a sanitizer or libc keeps books of must
/// happen here.
// NOLINTBEGIN(*-vararg)
MLPIPE_NOT_INSTRUMENTED int run_child(void* argument) {
  auto* plan = static_cast<ChildPlan*>(argument);
  struct rlimit limit {};
  ::syscall(SYS_setsid);
  ::syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::syscall(SYS_getppid) != plan->parent) ::syscall(SYS_exit_group, 127);
  if (::syscall(SYS_prlimit64, 0, __RLIMIT_LOCKS, nullptr, &limit) == 0) {
    limit.rlim_cur = plan->mark;
    ::syscall(SYS_prlimit64, 0, __RLIMIT_LOCKS, &limit, nullptr);
  }
  if (::syscall(SYS_dup3, plan->in, STDIN_FILENO, 0) >= 0 &&
      ::syscall(SYS_dup3, plan->out, STDOUT_FILENO, 0) >= 0 &&
      ::syscall(SYS_dup3, plan->err, STDERR_FILENO, 0) >= 0 &&
      (plan->channel < 0 || (::syscall(SYS_dup3, plan->channel, STDERR_FILENO + 1, 0) >= 0 &&
                             ::syscall(SYS_dup3, plan->executable, STDERR_FILENO + 2, 0) >= 0))) {
    plan->news->stage = Stage::entering_folder;
    if (::syscall(SYS_chdir, plan->work_directory) == 0) {
      plan->news->stage = Stage::executing;
      const std::uint64_t no_signals = 0;
      ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &no_signals, nullptr, sizeof no_signals);
      ::syscall(SYS_execve, plan->program, plan->argv, plan->environment);
    }
  }
  plan->news->error = errno;
  ::syscall(SYS_exit_group, 127);
  return 127;
}
// NOLINTEND(*-vararg)

std::string problem_text(const ChildPlan& plan) {
  auto reason = std::generic_category().message(plan.news->error);
  switch (plan.news->stage) {
    case Stage::preparing:
      return fmt::format("cannot prepare its process: {}", reason);
    case Stage::entering_folder:
      return fmt::format("cannot enter the working directory '{}': {}", plan.work_directory,
                         reason);
    case Stage::executing:
      if (plan.news->error == ENOENT && ::access(plan.program, F_OK) == 0)
        return fmt::format(
            "cannot run '{}': the interpreter that its first line names does not exist",
            plan.program);
      if (plan.news->error == ENOEXEC)
        return fmt::format(
            "cannot run '{}': it is neither a program nor a script that begins with '#!'",
            plan.program);
      return fmt::format("cannot run '{}': {}", plan.program, reason);
  }
  return reason;
}

/// PATH of the job's environment; relative folders in it are below the working directory.
std::string path_of(const Job& job) {
  std::string path;
  for (const auto& entry : job.environment) {
    if (entry.rfind("PATH=", 0) != 0) continue;
    for (const auto folder : split(std::string_view(entry).substr(5), ':')) {
      if (!path.empty()) path += ':';
      path += (job.work_directory / folder).native();
    }
    break;
  }
  return path;
}

std::string program_of(const Job& job) {
  if (job.argv.empty() || job.argv.front().empty())
    fail(ErrorKind::usage, "there is no program to run");
  const auto& name = job.argv.front();
  if (name.find('/') != std::string::npos) return name;
  const auto found = find_program(name, path_of(job));
  if (!found)
    fail(ErrorKind::not_found,
         "there is no program '{}' on the step's PATH: install it, or name it by its whole path",
         name);
  return found->string();
}

std::vector<char*> pointers(const std::vector<std::string>& texts, std::string_view what) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const auto& text : texts) {
    if (text.find('\0') != std::string::npos)
      fail(ErrorKind::usage, "{} '{}' holds a zero byte, which no program can be given", what,
           printable(text));
    result.push_back(const_cast<char*>(text.c_str()));  // NOLINT(*-const-cast): exec's signature
  }
  result.push_back(nullptr);
  return result;
}

/// Start one process: `argv` in the surroundings of `job`.
Spawned start_process(const Job& job, const std::string& program,
                      const std::vector<std::string>& words, JobMark mark,
                      const EnclosedStart* enclosed) {
  const auto argv = pointers(words, "the argument");
  const auto environment = pointers(job.environment, "the environment variable");
  constexpr int anew = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND;
  const Fd in = open_file("/dev/null", O_RDONLY);
  const Fd out = open_file(job.stdout_file, anew);
  const Fd err = open_file(job.stderr_file, anew);
  const SharedNews news;
  ChildPlan plan{.program = program.c_str(),
                 .argv = argv.data(),
                 .environment = environment.data(),
                 .work_directory = job.work_directory.c_str(),
                 .in = in.get(),
                 .out = out.get(),
                 .err = err.get(),
                 .channel = enclosed == nullptr ? -1 : enclosed->channel(),
                 .executable = enclosed == nullptr ? -1 : enclosed->executable(),
                 .parent = ::getpid(),
                 .mark = mark.value(),
                 .news = news.get()};
  // CLONE_VFORK keeps us still until exec or exit. Not CLONE_VM: what the memory that is left at
  // the exec held at most counts as the step's, and that would be this process's.
  alignas(64) std::array<char, std::size_t{64} << 10U> stack;        // NOLINT(*-member-init)
  const int pid = ::__clone(run_child, stack.data() + stack.size(),  // NOLINT(*-vararg)
                            CLONE_VFORK | SIGCHLD, &plan);
  if (pid < 0) fail_errno(errno, "cannot start a process");
  if (plan.news->error == 0) return {.pid = pid};
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return {.problem = problem_text(plan)};
}

Spawned try_spawn(const Job& job, JobMark mark) {
  const auto program = program_of(job);
  if (job.enclosure.empty()) return start_process(job, program, job.argv, mark, nullptr);
  EnclosedStart enclosed(job);
  auto outer = start_process(job, job.enclosure.front(), enclosed.argv(program), mark, &enclosed);
  if (outer.pid == 0) return outer;
  auto inner = enclosed.finish(outer.pid, program);
  return {.pid = inner.pid, .problem = std::move(inner.problem)};
}

}  // namespace

Spawned spawn(const Job& job, JobMark mark) noexcept {
  try {
    return try_spawn(job, mark);
  } catch (const std::exception& error) {
    return {.problem = error.what()};
  }
}

}  // namespace mlpipe
