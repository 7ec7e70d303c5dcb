#include "remote/helper.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <map>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "base/file_lock.h"
#include "base/platform.h"
#include "base/text.h"
#include "base/worker_pool.h"
#include "remote/collect_store.h"
#include "remote/helper_transfers.h"
#include "remote/job_keeper.h"
#include "remote/job_outputs.h"
#include "remote/job_turns.h"
#include "remote/job_watch.h"
#include "remote/place_look.h"
#include "remote/turns_at_reading.h"
#include "store/store_users.h"
#include "target/caller_variables.h"
#include "target/interpreter.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// A driver has two threads for work of this kind; more would not be used.
constexpr unsigned helper_threads = 4;

std::string own_host() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

Greeting greeting(const fs::path& root) {
  Greeting greeting{.host = own_host(), .platform = platform_name(), .root = root};
  for (const auto* name : variables_of_caller)
    if (const char* value = std::getenv(name))  // NOLINT(*-mt-unsafe): before any thread
      greeting.environment.push_back(fmt::format("{}={}", name, value));
  greeting.processors = std::max(1U, std::thread::hardware_concurrency());
  greeting.memory_bytes = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES))) *
                          static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PAGESIZE)));
  struct statvfs disk {};
  if (::statvfs(root.c_str(), &disk) == 0) greeting.free_bytes = disk.f_bavail * disk.f_frsize;
  greeting.devices = nvidia_devices();
  greeting.at = now();
  return greeting;
}

/// What a killed helper was putting together. What is newer may be another helper's.
void remove_old_scratch(const fs::path& scratch) {
  constexpr std::int64_t day_us = std::int64_t{24} * 3600 * 1'000'000;
  for (const auto& name : list_names(scratch))
    if (const auto look = stat_link(scratch / name);
        look && look->ctime_ns / 1000 < to_micros(now()) - day_us)
      remove_tree(scratch / name);
}

bool is_passing(const fs::path& root) {
  return root.filename().native().starts_with(passing_place);
}

/// What cannot be removed now (a file that is still open on NFS) is in nobody's way.
void remove_passing_place(const fs::path& place) {
  try {
    remove_tree(place);
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): a later helper tries again
  }
}

/// Those of helpers that were killed.
void remove_old_passing_places(const fs::path& workspaces) {
  constexpr std::int64_t day_us = std::int64_t{24} * 3600 * 1'000'000;
  for (const auto& name : list_names(workspaces))
    if (const auto look = stat_link(workspaces / name);
        look && is_passing(name) && look->ctime_ns / 1000 < to_micros(now()) - day_us)
      remove_passing_place(workspaces / name);
}

/// Does what a driver asks.
class Helper {
 public:
  Helper(fs::path root, Fd out)
      : root_(std::move(root)),
        out_(std::move(out)),
        store_users_(root_ / "store.lock"),
        turns_(root_ / "jobs.lock"),
        store_(root_ / "objects", scratch(), store_users_.join()),
        keepers_(root_),
        watch_(out_),
        transfers_(store_, out_, pool_, scratch(), driver_is_there_) {
    make_folders(root_ / "jobs");
    make_folders(root_ / "work");
    remove_old_scratch(scratch());
  }

  /// Until `in` ends. False if what came from there could not be read.
  bool serve(int in) {
    out_.send(fmt::format("{}{}\n", helper_mark, remote_protocol_version));
    out_.send(encode(HelperNews(greeting(root_))));
    TurnsAtReading(helper_threads, [this, in] { return next_job(in); }).run();
    return !has_failed_;
  }

 private:
  /// Do or hand on what is asked, until it is to run a job: that is for whoever has read it.
  std::optional<TurnsAtReading::Work> next_job(int in) {
    try {
      for (;;) {
        while (const auto frame = frames_.next())
          if (auto work = take(*frame)) return work;
        const auto room = frames_.room(std::size_t{256} << 10U);
        const auto got = ::read(in, room.data(), room.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        frames_.came(static_cast<std::size_t>(got));
      }
    } catch (const std::exception& error) {
      fmt::print(stderr, "{}\n", error.what());
      has_failed_ = true;
    }
    driver_is_there_ = false;
    return std::nullopt;
  }

  [[nodiscard]] fs::path scratch() const { return root_ / "work" / "scratch"; }
  [[nodiscard]] fs::path helpers() const { return root_ / "../../helpers"; }
  [[nodiscard]] JobFolder folder_of(const std::string& name) const { return {root_, name}; }

  std::optional<TurnsAtReading::Work> take(std::string_view frame) {
    auto command = decode_helper_command(frame);
    if (const auto* bytes = std::get_if<ObjectBytes>(&command)) {
      take_bytes(*bytes);
      return std::nullopt;
    }
    auto& asked = std::get<HelperCommand>(command);
    if (auto* job = std::get_if<RunJob>(&asked)) return work_for(std::move(*job));
    std::visit([this](auto& each) { begin(std::move(each)); }, asked);
    return std::nullopt;
  }

  /// Objects come in on the one thread that reads, so that the driver sends no faster than the disk
  /// takes. Copying what is here already would keep it from answering for too long.
  void begin(PutObject&& command) {
    if (command.asks) return in_background(std::move(command));
    answer(command.request, [&] { return transfers_.receive(command); });
  }

  void take_bytes(const ObjectBytes& bytes) {
    answer(bytes.request, [&] { return transfers_.take(bytes); });
  }

  /// There is no answer but the job's end. May come before the job has been begun.
  void begin(EndJob&& command) {
    try {
      const std::lock_guard lock(ends_mutex_);
      auto& at_once = ends_[command.request];
      at_once = at_once || command.at_once;
      ask_to_end(folder_of(command.name), at_once);
    } catch (const Error& error) {
      refuse(command.request, error);
    }
  }

  static void ask_to_end(const JobFolder& job, bool at_once) {
    if (stat_link(job.path())) write_file_atomically(job.file("end"), at_once ? "kill" : "term");
  }

  void begin(DropRequest&& command) { transfers_.drop(command.request); }

  void begin(Ping&& command) {
    out_.send(encode(HelperNews(Answer{.request = command.request, .bytes = {}})));
  }

  template <class Command>
  void begin(Command&& command) {
    in_background(std::forward<Command>(command));
  }

  /// What was still to be done when the driver went is not: another driver may have been there.
  template <class Command>
  void in_background(Command&& command) {
    pool_.run(work_for(std::forward<Command>(command)));
  }

  template <class Command>
  TurnsAtReading::Work work_for(Command&& command) {
    return [this, asked = std::forward<Command>(command)] {
      if (!driver_is_there_) return;
      answer(asked.request, [&] { return std::optional<std::string>(perform(asked)); });
    };
  }

  /// Send what `work` gives, or why it cannot be done.
  template <class Work>
  void answer(RequestId request, const Work& work) {
    try {
      auto bytes = work();
      if (!bytes) return;
      out_.send(encode(HelperNews(Answer{.request = request, .bytes = std::move(*bytes)})));
    } catch (const std::exception& error) {
      refuse(request, error);
    }
  }

  void refuse(RequestId request, const std::exception& error) {
    const auto* ours = dynamic_cast<const Error*>(&error);
    out_.send(encode(HelperNews(Refusal{.request = request,
                                        .kind = ours ? ours->kind() : ErrorKind::system,
                                        .message = error.what()})));
  }

  [[nodiscard]] std::string perform(const FindMissing& asked) {
    return encode_hashes(not_whole(store_, asked.objects));
  }

  [[nodiscard]] std::optional<std::string> perform(const PutObject& asked) {
    return transfers_.receive(asked);
  }

  [[nodiscard]] std::optional<std::string> perform(const GetObject& asked) {
    return transfers_.send(asked);
  }

  [[nodiscard]] std::string perform(const FilesWanted& said) { return transfers_.send(said); }

  void make_directory(const JobFolder& job, const DirectoryToMake& make) {
    if (!not_whole(store_, make.needed).empty())
      fail(ErrorKind::not_found, "an object that the job needs is lost");
    if (state_of(job) == JobState::running)
      fail(ErrorKind::system, "another run does the same work on this machine just now");
    // What an earlier job of this name left goes: it must not be taken for what comes.
    fs::remove(job.file("job"));
    auto plan = make.plan;
    plan.directory = job.work();
    make_work_directory(plan, store_);
    note_needed(job, make.needed);
    write_new_file(plan.directory.context(), make.context);
    if (!make.python.empty()) (void)python_folder(make.python, root_ / "cache");
  }

  [[nodiscard]] std::string perform(const RunJob& asked) {
    const auto job = folder_of(asked.name);
    const auto is_new = [&] {
      const auto begun = begun_job(job);
      return !asked.only_watch && (!begun || begun->token != asked.token);
    };
    const bool adopted = asked.make && asked.make->may_adopt && is_new() && goes_on(job);
    const JobTurn turn(turns_, asked.name);
    Fd news;
    if (!adopted && is_new()) {
      if (asked.make && !is_to_end(asked.request)) make_directory(job, *asked.make);
      if (is_to_end(asked.request)) return not_begun(asked);
      news = keepers_.start(job, asked);
    }
    {
      const std::lock_guard lock(ends_mutex_);
      if (const auto end = ends_.find(asked.request); end != ends_.end())
        ask_to_end(job, end->second);
    }
    auto watched = asked;
    if (const auto begun = news ? std::nullopt : begun_job(job))  // by another driver, perhaps
      watched.orphan_timeout = std::min(watched.orphan_timeout, begun->orphan_timeout);
    watch_.add(job, watched, adopted, std::move(news));
    return {};
  }

  [[nodiscard]] bool is_to_end(RequestId request) {
    const std::lock_guard lock(ends_mutex_);
    return ends_.contains(request);
  }

  /// Its driver does not want it any more.
  [[nodiscard]] std::string not_begun(const RunJob& asked) {
    out_.send(encode(HelperNews(JobNews{
        .request = asked.request,
        .event = JobFinished{
            .job = asked.job.id, .outcome = JobFinished::Outcome::cancelled, .at = now()}})));
    return {};
  }

  [[nodiscard]] std::string perform(const FindJob& asked) const {
    return encode_state(state_of(folder_of(asked.name)));
  }

  /// Whether a job of this name can be watched rather than begun: it runs, or has ended well. One
  /// whose outputs were damaged since has to run again.
  [[nodiscard]] bool goes_on(const JobFolder& job) {
    auto state = state_of(job);
    // Nobody goes on with what is just being ended.
    constexpr std::chrono::milliseconds look_again{50};
    for (auto left = std::chrono::milliseconds(30'000);
         state == JobState::running && stat_link(job.file("end")) && left.count() > 0;
         left -= look_again) {
      std::this_thread::sleep_for(look_again);
      state = state_of(job);
    }
    return state == JobState::running ||
           (state == JobState::succeeded && taken_is_whole(job, store_));
  }

  [[nodiscard]] std::string perform(const TakeOutputs& asked) {
    const JobTurn turn(turns_, asked.name);
    return take_job_outputs(folder_of(asked.name), asked, store_, [this] { flush_store(); });
  }

  /// One thread after the other: what another one's flush has taken on is on disk once that has
  /// ended, and not before.
  void flush_store() {
    const std::lock_guard lock(flush_mutex_);
    store_.flush();
  }

  [[nodiscard]] std::string perform(const ReleaseJob& asked) {
    const auto job = folder_of(asked.name);
    const JobTurn turn(turns_, asked.name);
    if (state_of(job) == JobState::running) return {};  // somebody has begun anew
    remove_tree(job.path());
    if (!asked.keep_directory) remove_tree(job.work().root);
    return {};
  }

  [[nodiscard]] std::string perform(const IdentifyInterpreter& asked) {
    std::string path;
    for (const auto& variable : asked.environment)
      if (variable.starts_with("PATH=")) path = variable.substr(5);
    const auto program =
        asked.program.empty() ? find_interpreter(asked.language, path) : fs::path(asked.program);
    const std::lock_guard lock(probe_mutex_);
    InterpreterProbe probe(root_ / "cache" / "interpreters", run_process, asked.environment);
    make_folders(root_ / "cache");
    const auto identity = probe.identify(program);
    probe.save();
    return encode_interpreter({.program = program.native(),
                               .language = identity.language,
                               .version = identity.version,
                               .distributions = identity.distributions});
  }

  [[nodiscard]] std::string perform(const CollectObjects& asked) {
    if (!asked.only_look && stat_file(helpers())) remove_old_helpers(helpers());
    return encode_collected(collect_store(root_, store_, store_users_, turns_, asked));
  }

  [[nodiscard]] std::string perform(const LookAtPlace& /*asked*/) const {
    return encode_place(look_at_place(root_, {root_ / "../..", helpers()}));
  }

  fs::path root_;
  FrameChannel out_;
  StoreUsers store_users_;
  JobTurns turns_;
  ObjectStore store_;
  std::atomic<bool> driver_is_there_ = true;
  std::mutex flush_mutex_;
  std::mutex ends_mutex_;
  std::map<RequestId, bool> ends_;  ///< Jobs that are to end; whether at once.
  std::mutex probe_mutex_;
  JobKeepers keepers_;
  JobWatch watch_;
  HelperTransfers transfers_;
  FrameReader frames_;  ///< Of who reads.
  bool has_failed_ = false;
  WorkerPool pool_{helper_threads};
};

int serve(const fs::path& root) {
  ::signal(SIGPIPE, SIG_IGN);
  ::umask(077);
  try {
    make_folders(root);
    ::chmod(root.c_str(), 0700);
    ::utimensat(AT_FDCWD, "/proc/self/exe", nullptr, 0);  // this helper is in use; see gc
    // What else writes to stdout must not come between the frames.
    Fd out(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10));  // NOLINT(*-vararg)
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
    remove_old_passing_places(root.parent_path());
    bool is_well = false;
    {
      Helper helper(root, std::move(out));
      is_well = helper.serve(STDIN_FILENO);
    }
    if (is_passing(root)) remove_passing_place(root);
    if (!is_well) return 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace

std::optional<int> run_as_helper(int argc, char** argv) {
  const std::vector<std::string> words(argv + std::min(argc, 1),
                                       argv + argc);  // NOLINT(*-pointer-*)
  if (words.size() == 2 && words[0] == "serve") return serve(words[1]);
  if (words.size() == 2 && words[0] == "keep") return keep_jobs(words[1]);
  return std::nullopt;
}

}  // namespace mlpipe
