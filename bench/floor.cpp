// The least that has to be done for the same work as mlpipe's: what the benchmark compares first
// runs with, besides other tools. `floor LIST FOLDER` executes steps in FOLDER, two at a time. A
// line of LIST is a step, with tabs between: its name, its folder of sources, the numbers of the
// steps that it needs (earlier lines; with commas), its command, in which $0 is where the output
// goes, and $1 … are the outputs that it needs. What is known of a step lies on disk when the
// program ends: one flush of the filesystem and one of the record for every thousand steps. Built
// by scripts/bench.sh; no part of mlpipe.
#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xxhash.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t steps_a_batch = 1000;

[[noreturn]] void fail(const std::string& what) {
  std::perror(("floor: " + what).c_str());
  std::_Exit(1);
}

int need(int result, const std::string& what) {
  if (result < 0) fail(what);
  return result;
}

struct Step {
  std::string name;
  std::string source;
  std::vector<std::size_t> needs;
  std::string command;
  std::string output;  ///< Where it lies once it is made.
  bool is_made = false;
};

std::vector<Step> read_list(const char* file) {
  std::ifstream in(file);
  if (!in) fail(file);
  std::vector<Step> steps;
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    Step step;
    std::string needs;
    std::getline(fields, step.name, '\t');
    std::getline(fields, step.source, '\t');
    std::getline(fields, needs, '\t');
    std::getline(fields, step.command);
    std::istringstream numbers(needs);
    for (std::string number; std::getline(numbers, number, ',');)
      step.needs.push_back(std::stoul(number));
    steps.push_back(std::move(step));
  }
  return steps;
}

void copy_file(const std::string& from, const std::string& to) {
  const int in = need(open(from.c_str(), O_RDONLY | O_CLOEXEC), from);
  const int out = need(open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666), to);
  while (need(static_cast<int>(copy_file_range(in, nullptr, out, nullptr, 1U << 30U, 0)), to) > 0) {
  }
  close(in);
  close(out);
}

std::vector<std::string> names_in(const std::string& folder) {
  DIR* stream = opendir(folder.c_str());
  if (stream == nullptr) fail(folder);
  std::vector<std::string> names;
  while (const dirent* entry = readdir(stream))
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  closedir(stream);
  return names;
}

std::string hash_of(const std::string& file) {
  const int in = need(open(file.c_str(), O_RDONLY | O_CLOEXEC), file);
  struct stat look {};
  need(fstat(in, &look), file);
  std::string bytes(static_cast<std::size_t>(look.st_size), '\0');
  if (read(in, bytes.data(), bytes.size()) != look.st_size) fail(file);
  close(in);
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  std::array<char, 33> text{};
  std::snprintf(text.data(), text.size(), "%016llx%016llx",
                static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return text.data();
}

class Run {
 public:
  Run(std::vector<Step> steps, std::string folder)
      : steps_(std::move(steps)), folder_(std::move(folder)) {
    for (const char* name : {"/work", "/logs", "/store"})
      need(mkdir((folder_ + name).c_str(), 0777), folder_ + name);
    const auto record = folder_ + "/record";
    record_ = need(open(record.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666),
                   record);
    for (const char* name : {"PATH", "HOME", "USER"})
      if (const char* value = std::getenv(name))
        environment_.push_back(std::string(name) + "=" + value);
    for (const char* entry : {"LANG=C.UTF-8", "LC_ALL=C.UTF-8", "TZ=UTC"})
      environment_.emplace_back(entry);
  }

  /// Steps that follow from others wait for them: whoever comes earlier in the list was taken
  /// earlier.
  void work() {
    while (true) {
      const std::size_t number = next_++;
      if (number >= steps_.size()) return;
      Step& step = steps_[number];
      {
        std::unique_lock lock(mutex_);
        for (const auto needed : step.needs)
          made_.wait(lock, [&] { return steps_[needed].is_made; });
      }
      const std::string made = execute(step);
      std::unique_lock lock(mutex_);
      step.output = made;
      step.is_made = true;
      made_.notify_all();
      unrecorded_ += step.name + ' ' + step.output + '\n';
      if (++count_ % steps_a_batch == 0) write_record(lock);
    }
  }

  std::size_t finish() {
    std::unique_lock lock(mutex_);
    write_record(lock);
    return count_;
  }

 private:
  std::string execute(const Step& step) {
    const std::string place = folder_ + "/work/" + step.name;
    need(mkdir(place.c_str(), 0777), place);
    const auto sources = names_in(step.source);
    for (const auto& name : sources) copy_file(step.source + '/' + name, place + '/' + name);
    start_and_wait(step, place);
    const std::string made = place + "/made.txt";
    std::string stored = folder_ + "/store/" + hash_of(made);
    need(rename(made.c_str(), stored.c_str()), stored);
    for (const auto& name : sources) need(unlink((place + '/' + name).c_str()), name);
    need(rmdir(place.c_str()), place);
    return stored;
  }

  void start_and_wait(const Step& step, const std::string& place) {
    std::array<int, 2> logs{};
    for (std::size_t i = 0; i < logs.size(); ++i) {
      const auto log = folder_ + "/logs/" + step.name + (i == 0 ? ".stdout" : ".stderr");
      logs[i] =
          need(open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666), log);
    }
    std::vector<std::string> words{"/bin/bash", "-c", step.command, place + "/made.txt"};
    for (const auto needed : step.needs) words.push_back(steps_[needed].output);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, logs[0], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, logs[1], STDERR_FILENO);
    posix_spawn_file_actions_addchdir_np(&actions, place.c_str());
    pid_t child = 0;
    errno = posix_spawn(&child, "/bin/bash", &actions, nullptr, pointers_to(words).data(),
                        pointers_to(environment_).data());
    if (errno != 0) fail("/bin/bash");
    posix_spawn_file_actions_destroy(&actions);
    for (const int log : logs) close(log);
    int status = 0;
    need(waitpid(child, &status, 0), "waitpid");
    if (status != 0) {
      errno = 0;
      fail("step " + step.name + " failed");
    }
  }

  static std::vector<char*> pointers_to(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (auto& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
  }

  /// The outputs are on disk before it is said that they are. Other steps go on meanwhile.
  void write_record(std::unique_lock<std::mutex>& lock) {
    const std::string text = std::exchange(unrecorded_, {});
    lock.unlock();
    need(syncfs(record_), "syncfs");
    if (write(record_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
      fail("record");
    need(fdatasync(record_), "fdatasync");
    lock.lock();
  }

  std::vector<Step> steps_;
  std::string folder_;
  std::vector<std::string> environment_;
  int record_ = -1;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::condition_variable made_;
  std::string unrecorded_;
  std::size_t count_ = 0;
};

}  // namespace

int main(int count, char** words) {
  if (count != 3) {
    std::cerr << "usage: floor LIST FOLDER\n";
    return 2;
  }
  Run run(read_list(words[1]), words[2]);
  std::thread other([&] { run.work(); });
  run.work();
  other.join();
  std::cout << run.finish() << " steps executed\n";
}
