#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// Removes what is in a folder, with one folder open at a time: by names and "..", so that neither
/// the depth of a tree nor the length of its paths matters.
class Removal {
 public:
  Removal(Fd folder, const fs::path& path) : at_(std::move(folder)), path_(path) {}

  void run() {
    enter("");
    while (!way_.empty()) {
      Level& level = way_.back();
      if (level.folders.empty()) {
        leave();
        continue;
      }
      const std::string name = std::move(level.folders.back());
      level.folders.pop_back();
      Fd child = open_child(name);
      if (!child) {
        remove_empty(name);  // tells why, if it cannot be removed
        continue;
      }
      at_ = std::move(child);
      enter(name);
    }
  }

 private:
  struct Level {
    std::string name;
    std::vector<std::string> folders;  ///< Still to be removed.
    dev_t dev = 0;
    ino_t ino = 0;
  };

  static constexpr int open_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

  [[noreturn]] void refuse(int error, const std::string& name) const {
    fs::path place = path_;
    for (const auto& level : way_)
      if (!level.name.empty()) place /= level.name;
    fail_errno(error, fmt::format("cannot remove '{}'", printable((place / name).native())));
  }

  Fd open_child(const std::string& name) {
    Fd child(::openat(at_.get(), name.c_str(), open_flags));  // NOLINT(*-vararg)
    if (!child && errno == EACCES && ::fchmodat(at_.get(), name.c_str(), 0700, 0) == 0)
      child = Fd(::openat(at_.get(), name.c_str(), open_flags));  // NOLINT(*-vararg)
    return child;
  }

  /// Remove the files of the folder that was opened just now, and note its folders.
  void enter(const std::string& name) {
    struct stat look {};
    if (::fstat(at_.get(), &look) != 0) refuse(errno, name);
    Level& level = way_.emplace_back();
    level.name = name;
    level.dev = look.st_dev;
    level.ino = look.st_ino;
    auto names = list();
    if (!names.empty() && (look.st_mode & S_IRWXU) != S_IRWXU) ::fchmod(at_.get(), 0700);
    // A folder that is empty goes without being opened.
    for (auto& [found, is_folder] : names)
      if (::unlinkat(at_.get(), found.c_str(), is_folder ? AT_REMOVEDIR : 0) != 0)
        level.folders.push_back(std::move(found));
  }

  /// The names in the folder that was opened just now, and whether each is known to be a folder.
  [[nodiscard]] std::vector<std::pair<std::string, bool>> list() const {
    std::vector<std::pair<std::string, bool>> names;
    alignas(dirent64) std::array<char, 16384> buffer;  // NOLINT(*-member-init)
    for (;;) {
      const auto got = ::getdents64(at_.get(), buffer.data(), buffer.size());
      if (got < 0) refuse(errno, "");
      if (got == 0) return names;
      for (std::ptrdiff_t at = 0; at < got;) {
        // NOLINTNEXTLINE(*-reinterpret-cast): as the kernel writes them
        const auto* entry = reinterpret_cast<const dirent64*>(buffer.data() + at);
        at += entry->d_reclen;
        const std::string_view found = entry->d_name;
        if (found != "." && found != "..") names.emplace_back(found, entry->d_type == DT_DIR);
      }
    }
  }

  /// Up again, and remove the folder that is empty now.
  void leave() {
    const std::string name = std::move(way_.back().name);
    way_.pop_back();
    if (way_.empty()) return;
    // Not by way of a folder that was moved elsewhere meanwhile: what is there is not ours.
    Fd parent(::openat(at_.get(), "..", open_flags));  // NOLINT(*-vararg)
    struct stat look {};
    if (!parent || ::fstat(parent.get(), &look) != 0) refuse(errno, name);
    if (look.st_dev != way_.back().dev || look.st_ino != way_.back().ino) refuse(ESTALE, name);
    at_ = std::move(parent);
    remove_empty(name);
  }

  void remove_empty(const std::string& name) {
    if (::unlinkat(at_.get(), name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return;
    const int error = errno;
    if (error == ENOTDIR && (::unlinkat(at_.get(), name.c_str(), 0) == 0 || errno == ENOENT))
      return;
    refuse(error == ENOTDIR ? errno : error, name);
  }

  Fd at_;
  const fs::path& path_;
  std::vector<Level> way_;
};

}  // namespace

void remove_tree(const fs::path& path) {
  struct stat look {};
  if (::lstat(path.c_str(), &look) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return;
    fail_errno(errno, fmt::format("cannot access '{}'", printable(path.native())));
  }
  if (S_ISDIR(look.st_mode)) {
    if ((look.st_mode & S_IRWXU) != S_IRWXU) ::chmod(path.c_str(), 0700);
    Removal(open_file(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), path).run();
    if (::rmdir(path.c_str()) != 0 && errno != ENOENT)
      fail_errno(errno, fmt::format("cannot remove '{}'", printable(path.native())));
  } else if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    fail_errno(errno, fmt::format("cannot remove '{}'", printable(path.native())));
  }
}

}  // namespace mlpipe
