#include "base/look_again.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <string_view>

#include "base/file.h"

namespace mlpipe {

namespace {

/// The folder that all of the paths lie in, by their names; "" if it is the root, or none.
std::string common_folder(std::span<const Look> looks) {
  const std::string_view first = looks.front().path;
  const std::string_view last = looks.back().path;
  const auto [end, other] = std::mismatch(first.begin(), first.end(), last.begin(), last.end());
  const std::string_view common(first.begin(), end);
  const auto slash = common.rfind('/');
  return std::string(common.substr(0, slash == std::string_view::npos ? 0 : slash));
}

/// `way` from the folder `from`; nothing if there is nothing. False if that cannot be seen.
bool look_from(int from, const char* way, bool follows_links, std::optional<FileStat>& seen) {
  struct stat raw {};
  if (::fstatat(from, way, &raw, follows_links ? 0 : AT_SYMLINK_NOFOLLOW) == 0)
    seen = to_file_stat(raw);
  return seen.has_value() || is_absence(errno);
}

}  // namespace

bool still_hold(std::span<const Look> looks) {
  if (looks.empty()) return true;
  const std::string folder = common_folder(looks);
  const Fd start(folder.empty() ? -1 : ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  return std::all_of(looks.begin(), looks.end(), [&](const Look& look) {
    const std::string_view path = look.path;
    const bool is_inside = start && path.size() > folder.size() + 1 && path.starts_with(folder) &&
                           path[folder.size()] == '/' && path[folder.size() + 1] != '/';
    std::optional<FileStat> seen;
    return look_from(is_inside ? start.get() : AT_FDCWD,
                     look.path.c_str() + (is_inside ? folder.size() + 1 : 0), look.follows_links,
                     seen) &&
           look.holds(seen);
  });
}

bool still_hold(std::span<const Look> looks, WorkerPool& pool) {
  constexpr std::size_t a_piece = 256;
  std::atomic<bool> all{true};
  pool.for_each((looks.size() + a_piece - 1) / a_piece, [&](std::size_t piece) {
    const auto rest = looks.subspan(piece * a_piece);
    if (all && !still_hold(rest.first(std::min(rest.size(), a_piece)))) all = false;
  });
  return all;
}

}  // namespace mlpipe
