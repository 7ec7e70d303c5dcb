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
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "base/error.h"
#include "base/file_lock.h"
#include "base/platform.h"
#include "base/text.h"
#include "base/worker_pool.h"
#include "remote/job_keeper.h"
#include "remote/job_watch.h"
#include "remote/object_transfer.h"
#include "remote/place_look.h"
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

/// Rights to touch a job's directory and record: the helper of a connection that was lost may still
/// be at work on what a new one is asked to do again. A kernel lock is its process's, so threads
/// of one helper keep each other out by name.
class JobTurns {
 public:
  explicit JobTurns(const fs::path& lock_file) : locks_(lock_file) {}

  void take(const std::string& name) {
    constexpr std::chrono::milliseconds look_again{20};
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return !taken_.contains(name); });
      if (locks_.try_lock(offset_of(name))) break;
      changed_.wait_for(lock, look_again);
    }
    taken_.insert(name);
  }

  void give_back(const std::string& name) {
    const std::lock_guard lock(mutex_);
    locks_.unlock(offset_of(name));
    taken_.erase(name);
    changed_.notify_all();
  }

 private:
  static std::uint64_t offset_of(const std::string& name) {
    std::uint64_t offset = 0;
    const auto hash = hash_bytes(name);
    std::memcpy(&offset, hash.bytes.data(), sizeof offset);
    return offset;
  }

  LockFile locks_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> taken_;
};

/// One of these rights, as long as it lives.
class JobTurn {
 public:
  JobTurn(JobTurns& turns, std::string name) : turns_(turns), name_(std::move(name)) {
    turns_.take(name_);
  }
  ~JobTurn() { turns_.give_back(name_); }
  JobTurn(const JobTurn&) = delete;
  JobTurn& operator=(const JobTurn&) = delete;

 private:
  JobTurns& turns_;
  std::string name_;
};

/// Those outputs that are not among `taken`.
std::vector<DeclaredOutput> without(std::vector<DeclaredOutput> outputs,
                                    const std::vector<TakenOutputs::Output>& taken) {
  std::erase_if(outputs, [&taken](const DeclaredOutput& output) {
    return std::any_of(taken.begin(), taken.end(),
                       [&](const auto& each) { return each.name == output.name; });
  });
  return outputs;
}

void add_to(TakenOutputs& all, TakenOutputs more) {
  std::move(more.outputs.begin(), more.outputs.end(), std::back_inserter(all.outputs));
  std::move(more.warnings.begin(), more.warnings.end(), std::back_inserter(all.warnings));
  all.failure = std::move(more.failure);
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
        watch_(out_) {
    make_folders(root_ / "jobs");
    make_folders(root_ / "work");
    remove_old_scratch(scratch());
  }

  /// Until `in` ends.
  void serve(int in) {
    out_.send(fmt::format("{}{}\n", helper_mark, remote_protocol_version));
    out_.send(encode(HelperNews(greeting(root_))));
    FrameReader frames;
    for (;;) {
      const auto room = frames.room(std::size_t{256} << 10U);
      const auto got = ::read(in, room.data(), room.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        driver_is_there_ = false;
        return;
      }
      frames.came(static_cast<std::size_t>(got));
      while (const auto frame = frames.next()) take(*frame);
    }
  }

 private:
  [[nodiscard]] fs::path scratch() const { return root_ / "work" / "scratch"; }
  [[nodiscard]] JobFolder folder_of(const std::string& name) const { return {root_, name}; }

  void take(std::string_view frame) {
    auto command = decode_helper_command(frame);
    if (const auto* bytes = std::get_if<ObjectBytes>(&command)) return take_bytes(*bytes);
    std::visit([this](auto& each) { begin(std::move(each)); }, std::get<HelperCommand>(command));
  }

  /// Objects come in on the one thread that reads, so that the driver sends no faster than the disk
  /// takes.
  void begin(PutObject&& command) {
    answer(command.request, [&]() -> std::optional<std::string> {
      auto receiver = std::make_unique<ObjectReceiver>(command.head, store_, scratch());
      if (receiver->is_complete()) return stored(*receiver);
      incoming_[command.request] = std::move(receiver);
      return std::nullopt;
    });
  }

  void take_bytes(const ObjectBytes& bytes) {
    const auto found = incoming_.find(bytes.request);
    if (found == incoming_.end()) return;  // of an object that was refused
    answer(
        bytes.request,
        [&]() -> std::optional<std::string> {
          auto& receiver = *found->second;
          receiver.add(bytes.bytes);
          if (!receiver.is_complete()) return std::nullopt;
          return stored(receiver);
        },
        [&] { incoming_.erase(bytes.request); });
  }

  [[nodiscard]] static std::string stored(ObjectReceiver& receiver) {
    (void)receiver.store();
    return {};
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

  void begin(Ping&& command) {
    out_.send(encode(HelperNews(Answer{.request = command.request, .bytes = {}})));
  }

  /// What was still to be done when the driver went is not: another driver may have been there.
  template <class Command>
  void begin(Command&& command) {
    pool_.run([this, asked = std::forward<Command>(command)] {
      if (!driver_is_there_) return;
      answer(asked.request, [&] { return std::optional(perform(asked)); });
    });
  }

  /// Send what `work` gives, or why it cannot be done. `ended` is called once there is an answer.
  template <class Work>
  void answer(
      RequestId request, const Work& work, const std::function<void()>& ended = [] {}) {
    try {
      auto bytes = work();
      if (!bytes) return;
      ended();
      out_.send(encode(HelperNews(Answer{.request = request, .bytes = std::move(*bytes)})));
    } catch (const std::exception& error) {
      ended();
      refuse(request, error);
    }
  }

  void refuse(RequestId request, const std::exception& error) {
    const auto* ours = dynamic_cast<const Error*>(&error);
    out_.send(encode(HelperNews(Refusal{.request = request,
                                        .kind = ours ? ours->kind() : ErrorKind::system,
                                        .message = error.what()})));
  }

  [[nodiscard]] std::vector<Hash> not_whole(const std::vector<Hash>& objects) {
    std::vector<Hash> lost;
    for (const auto& id : objects)
      if (store_.check(id) != ObjectState::intact) lost.push_back(id);
    return lost;
  }

  [[nodiscard]] std::string perform(const FindMissing& asked) {
    return encode_hashes(not_whole(asked.objects));
  }

  [[nodiscard]] std::string perform(const GetObject& asked) {
    if (store_.check(asked.object) != ObjectState::intact)
      fail(ErrorKind::not_found, "the object {} is not there any more, or was damaged",
           asked.object.hex());
    const auto object = object_in(store_, asked.object, false);
    out_.send(encode(HelperNews(ObjectComes{.request = asked.request, .head = object.head})));
    read_object(object, [&](std::string_view bytes) {
      out_.send(encode_bytes_head(asked.request, bytes.size()), bytes);
    });
    return {};
  }

  [[nodiscard]] std::string perform(const MakeDirectory& asked) {
    auto lost = not_whole(asked.needed);
    if (!lost.empty()) return encode_hashes(lost);
    const auto job = folder_of(asked.name);
    const JobTurn turn(turns_, asked.name);
    if (state_of(job) == JobState::running)
      fail(ErrorKind::system, "another run does the same work on this machine just now");
    auto plan = asked.plan;
    plan.directory = job.work();
    make_work_directory(plan, store_);
    write_file_atomically(plan.directory.context(), asked.context);
    if (!asked.python.empty()) (void)python_folder(asked.python, root_ / "cache");
    return encode_hashes({});
  }

  [[nodiscard]] std::string perform(const RunJob& asked) {
    const auto job = folder_of(asked.name);
    const JobTurn turn(turns_, asked.name);
    Fd news;
    const auto begun = begun_job(job);
    if (!asked.only_watch && (!begun || begun->token != asked.token))
      news = keepers_.start(job, asked);
    {
      const std::lock_guard lock(ends_mutex_);
      if (const auto end = ends_.find(asked.request); end != ends_.end())
        ask_to_end(job, end->second);
    }
    watch_.add(job, asked, std::move(news));
    return {};
  }

  /// One whose outputs were damaged since has to run again.
  [[nodiscard]] std::string perform(const FindJob& asked) {
    const auto job = folder_of(asked.name);
    auto state = state_of(job);
    // Nobody goes on with what is just being ended.
    constexpr std::chrono::milliseconds look_again{50};
    for (auto left = std::chrono::milliseconds(30'000);
         state == JobState::running && stat_link(job.file("end")) && left.count() > 0;
         left -= look_again) {
      std::this_thread::sleep_for(look_again);
      state = state_of(job);
    }
    const bool is_lost = state == JobState::succeeded && !taken_is_whole(job);
    return encode_state(is_lost ? JobState::lost : state);
  }

  [[nodiscard]] bool taken_is_whole(const JobFolder& job) {
    for (const char* record : {"taken", "part"}) {
      if (!stat_link(job.file(record))) continue;
      std::vector<Hash> objects;
      for (const auto& output : decode_taken(read_file(job.file(record))).taken.outputs)
        objects.push_back(output.object.id);
      return not_whole(objects).empty();
    }
    return true;
  }

  [[nodiscard]] std::string perform(const TakeOutputs& asked) {
    const auto job = folder_of(asked.name);
    const JobTurn turn(turns_, asked.name);
    if (stat_link(job.file("taken"))) return read_file(job.file("taken"));
    const auto directory = job.work();
    auto answer = take(job, asked);
    if (const auto look = stat_file(directory.metrics()); look && look->kind == FileKind::file) {
      constexpr std::uint64_t most = std::uint64_t{32} << 20U;  // half of what a frame can be
      answer.metrics = read_tail(directory.metrics(), most);
      if (look->size > most) {
        answer.metrics.erase(0, answer.metrics.find('\n') + 1);
        answer.taken.warnings.push_back(fmt::format("its metrics are {}: only the last {} are kept",
                                                    size_text(look->size), size_text(most)));
      }
      answer.metrics_time_us = look->mtime_ns / 1000;
    }
    auto bytes = encode_taken(answer);
    if (!answer.taken.failure.empty()) {
      // It ended with 0 and counts as failed all the same: no later run may take it up.
      std::error_code ignored;
      fs::remove(job.file("job"), ignored);
      return bytes;
    }
    write_file_atomically(job.file("taken"), bytes, true);
    if (!asked.keep_directory) remove_tree(directory.root);
    return bytes;
  }

  /// One thread after the other: what another one's flush has taken on is on disk once that has
  /// ended, and not before.
  void flush_store() {
    const std::lock_guard lock(flush_mutex_);
    store_.flush();
  }

  /// What is taken is not in the directory any more: it is noted one by one, for the helper may be
  /// killed, or the disk be full, in between.
  [[nodiscard]] TakenAnswer take(const JobFolder& job, const TakeOutputs& asked) {
    const auto part = job.file("part");
    TakenAnswer answer;
    const bool was_begun = stat_link(part).has_value();
    if (was_begun) answer = decode_taken(read_file(part));
    const auto left = without(asked.outputs, answer.taken.outputs);
    answer.taken.failure = settle_outputs(job.work(), left);
    // It had made all, or nothing would have been taken; and whether there was something in the
    // folders that are kept cannot be told any more.
    if (was_begun && (!answer.taken.failure.empty() || stat_link(job.file("keeping"))))
      answer.taken.failure =
          "what it made was lost over there: the helper was killed, or the machine ended, while it "
          "was put into the store: run again";
    if (!answer.taken.failure.empty()) return answer;
    answer.moved_inputs = not_whole(asked.inputs);
    write_file_atomically(part, encode_taken(answer));  // while nothing is taken that may get lost
    for (const auto& output : left) {
      add_to(answer.taken, take_outputs(job.work(), {output}, {}, store_));
      if (!answer.taken.failure.empty()) return answer;
      write_file_atomically(part, encode_taken(answer));
    }
    write_file_atomically(job.file("keeping"), "");
    add_to(answer.taken, take_outputs(job.work(), {}, asked.kept, store_));
    flush_store();
    return answer;
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

  [[nodiscard]] std::string perform(const LookAtPlace& /*asked*/) const {
    return encode_place(look_at_place(root_, {root_ / "../..", root_ / "../../helpers"}));
  }

  fs::path root_;
  FrameChannel out_;
  StoreUsers store_users_;
  JobTurns turns_;
  ObjectStore store_;
  std::map<RequestId, std::unique_ptr<ObjectReceiver>> incoming_;
  std::atomic<bool> driver_is_there_ = true;
  std::mutex flush_mutex_;
  std::mutex ends_mutex_;
  std::map<RequestId, bool> ends_;  ///< Jobs that are to end; whether at once.
  std::mutex probe_mutex_;
  JobKeepers keepers_;
  JobWatch watch_;
  WorkerPool pool_{helper_threads};
};

int serve(const fs::path& root) {
  ::signal(SIGPIPE, SIG_IGN);
  ::umask(077);
  try {
    make_folders(root);
    ::chmod(root.c_str(), 0700);
    // What else writes to stdout must not come between the frames.
    Fd out(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10));  // NOLINT(*-vararg)
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
    Helper helper(root, std::move(out));
    helper.serve(STDIN_FILENO);
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
