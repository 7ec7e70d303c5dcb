// A bare look at every file below a folder, with two threads: what the benchmark compares unchanged
// inputs with. Usage: walk FOLDER. Prints how many files there are, and of how many bytes. Built by
// scripts/bench.sh; no part of mlpipe.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

int need(int result, const std::string& what) {
  if (result >= 0) return result;
  std::perror(("walk: " + what).c_str());
  std::_Exit(1);
}

class FileWalk {
 public:
  explicit FileWalk(std::string folder) { waiting_.push_back(std::move(folder)); }

  void work() {
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return !waiting_.empty() || busy_ == 0; });
      if (waiting_.empty()) break;
      const std::string folder = std::move(waiting_.back());
      waiting_.pop_back();
      ++busy_;
      lock.unlock();
      auto found = look_into(folder, files, bytes);
      lock.lock();
      for (auto& name : found) waiting_.push_back(std::move(name));
      --busy_;
      changed_.notify_all();
    }
    files_ += files;
    bytes_ += bytes;
  }

  [[nodiscard]] std::uint64_t files() const { return files_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  /// Counts the folder's files, and returns the folders in it.
  static std::vector<std::string> look_into(const std::string& folder, std::uint64_t& files,
                                            std::uint64_t& bytes) {
    alignas(dirent64) std::array<char, 1U << 16U> buffer{};
    std::vector<std::string> folders;
    const int fd = need(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), folder);
    while (const auto size =
               need(static_cast<int>(syscall(SYS_getdents64, fd, buffer.data(), buffer.size())),
                    folder)) {
      for (int at = 0; at < size;) {
        const auto* entry = reinterpret_cast<const dirent64*>(buffer.data() + at);
        at += entry->d_reclen;
        const char* name = &entry->d_name[0];
        if (std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0) continue;
        struct statx look {};
        need(statx(fd, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &look), name);
        if (S_ISDIR(look.stx_mode)) folders.push_back(folder + '/' + name);
        if (!S_ISREG(look.stx_mode)) continue;
        ++files;
        bytes += look.stx_size;
      }
    }
    close(fd);
    return folders;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> waiting_;
  int busy_ = 0;
  std::uint64_t files_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    std::cerr << "usage: walk FOLDER\n";
    return 2;
  }
  FileWalk walk(words[1]);
  std::thread other([&] { walk.work(); });
  walk.work();
  other.join();
  std::cout << walk.files() << " files, " << walk.bytes() << " bytes\n";
}
