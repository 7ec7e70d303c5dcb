#include "base/look_again.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <functional>
#include <string_view>

#include "base/file.h"
#include "base/work_time.h"

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

/// Tells of each of these whether it still holds, from the folder that all of them lie in, until
/// `told` says that this is enough: all are sorted by path.
void look_again(std::span<const Look> looks, const std::function<bool(std::size_t, bool)>& told) {
  if (looks.empty()) return;
  const WorkTimer timer(Work::looking);
  const std::string folder = common_folder(looks);
  const Fd start(folder.empty() ? -1 : ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  for (std::size_t i = 0; i < looks.size(); ++i) {
    const Look& look = looks[i];
    const std::string_view path = look.path;
    const bool is_inside = start && path.size() > folder.size() + 1 && path.starts_with(folder) &&
                           path[folder.size()] == '/' && path[folder.size() + 1] != '/';
    std::optional<FileStat> seen;
    const bool holds = look_from(is_inside ? start.get() : AT_FDCWD,
                                 look.path.c_str() + (is_inside ? folder.size() + 1 : 0),
                                 look.follows_links, seen) &&
                       look.holds(seen);
    if (!told(i, holds)) return;
  }
}

/// Do `work` for pieces of them, each with the place where it begins, on all threads.
void in_pieces(std::span<const Look> looks, WorkerPool& pool,
               const std::function<void(std::size_t, std::span<const Look>)>& work) {
  constexpr std::size_t a_piece = 256;
  pool.for_each((looks.size() + a_piece - 1) / a_piece, [&](std::size_t piece) {
    const auto rest = looks.subspan(piece * a_piece);
    work(piece * a_piece, rest.first(std::min(rest.size(), a_piece)));
  });
}

}  // namespace

bool still_hold(std::span<const Look> looks) {
  bool all = true;
  look_again(looks, [&all](std::size_t /*place*/, bool holds) { return all = holds; });
  return all;
}

bool still_hold(std::span<const Look> looks, WorkerPool& pool) {
  std::atomic<bool> all{true};
  in_pieces(looks, pool, [&all](std::size_t /*begin*/, std::span<const Look> piece) {
    if (all && !still_hold(piece)) all = false;
  });
  return all;
}

std::vector<char> which_hold(std::span<const Look> looks, WorkerPool& pool) {
  std::vector<char> all(looks.size(), 0);
  in_pieces(looks, pool, [&all](std::size_t begin, std::span<const Look> piece) {
    look_again(piece, [&all, begin](std::size_t place, bool holds) {
      all[begin + place] = holds ? 1 : 0;
      return true;
    });
  });
  return all;
}

}  // namespace mlpipe
