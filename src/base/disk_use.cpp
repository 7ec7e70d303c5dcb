#include "base/disk_use.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"

namespace mlpipe {

namespace {

struct CloseListing {
  void operator()(DIR* listing) const { ::closedir(listing); }
};

/// Walks with one folder open at a time, by names and "..", so that neither the depth nor the
/// length of paths matters.
class DiskUse {
 public:
  std::uint64_t of(const std::filesystem::path& path) {
    struct stat look {};
    if (::lstat(path.c_str(), &look) != 0) return 0;
    count(look);
    if (S_ISDIR(look.st_mode)) walk(path);
    return bytes_;
  }

 private:
  void walk(const std::filesystem::path& path) {
    at_ = open_folder(AT_FDCWD, path.c_str());
    if (!at_) return;
    list();
    while (!open_.empty()) {
      auto& names = open_.back();
      if (names.empty()) {
        open_.pop_back();
        if (open_.empty()) return;
        at_ = open_folder(at_.get(), "..");
        if (!at_) return;
        continue;
      }
      const std::string name = std::move(names.back());
      names.pop_back();
      Fd child = open_folder(at_.get(), name.c_str());
      if (!child) continue;
      at_ = std::move(child);
      list();
    }
  }

  static Fd open_folder(int from, const char* name) {
    constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    return Fd(::openat(from, name, flags));  // NOLINT(*-vararg)
  }

  /// Count what is in the folder, and note the folders in it.
  void list() {
    auto& folders = open_.emplace_back();
    const std::unique_ptr<DIR, CloseListing> listing(
        ::fdopendir(::fcntl(at_.get(), F_DUPFD_CLOEXEC, 0)));  // NOLINT(*-vararg)
    if (!listing) return;
    while (const dirent* entry = ::readdir(listing.get())) {
      const std::string_view name = entry->d_name;
      struct stat look {};
      if (name == "." || name == ".." ||
          ::fstatat(at_.get(), entry->d_name, &look, AT_SYMLINK_NOFOLLOW) != 0)
        continue;
      count(look);
      if (S_ISDIR(look.st_mode)) folders.emplace_back(name);
    }
  }

  void count(const struct stat& look) {
    constexpr std::uint64_t block = 512;  // stat(2), whatever the filesystem's own blocks
    if (!S_ISDIR(look.st_mode) && look.st_nlink > 1 &&
        !seen_.emplace(look.st_dev, look.st_ino).second)
      return;
    bytes_ += static_cast<std::uint64_t>(look.st_blocks) * block;
  }

  Fd at_;
  std::vector<std::vector<std::string>> open_;  ///< Of each folder on the way: what is to be seen.
  std::set<std::pair<dev_t, ino_t>> seen_;      ///< Files with several names.
  std::uint64_t bytes_ = 0;
};

}  // namespace

std::uint64_t disk_use(const std::filesystem::path& path) { return DiskUse().of(path); }

}  // namespace mlpipe
