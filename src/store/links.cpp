#include "store/links.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/look_recorder.h"
#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

void look_at_way(const fs::path& path) {
  const LookRecorder::Scope scope(for_everybody);
  fs::path place;
  for (const auto& name : path.parent_path()) {
    place /= name;
    if (!name.empty()) (void)stat_link(place);
  }
}

fs::path canonical_path(const fs::path& path) {
  look_at_way(path);
  (void)stat_link(path);
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  if (real) return real.get();
  if (errno == ENOENT || errno == ENOTDIR)
    fail(ErrorKind::not_found, "there is no '{}'", printable(path.native()));
  fail_errno(errno, fmt::format("cannot access '{}'", printable(path.native())));
}

std::optional<std::string> path_below(std::string_view root, std::string_view path) {
  if (root == path) return "";
  if (!path.starts_with(root)) return std::nullopt;
  path.remove_prefix(root.size());
  if (!root.ends_with('/')) {
    if (path[0] != '/') return std::nullopt;
    path.remove_prefix(1);
  }
  return std::string(path);
}

namespace {

/// The names in `text`, last first, as a stack of what is still to be walked.
void push_names(std::vector<std::string>& names, std::string_view text) {
  std::vector<std::string_view> pieces = split(text, '/');
  std::transform(pieces.rbegin(), pieces.rend(), std::back_inserter(names),
                 [](std::string_view piece) { return std::string(piece); });
}

}  // namespace

std::string read_link(const fs::path& path) {
  std::string text(256, '\0');
  for (;;) {
    const auto got = ::readlink(path.c_str(), text.data(), text.size());
    if (got < 0)
      fail_errno(errno, fmt::format("cannot read the link '{}'", printable(path.native())));
    if (static_cast<std::size_t>(got) < text.size()) {
      text.resize(static_cast<std::size_t>(got));
      return text;
    }
    text.resize(text.size() * 2);
  }
}

LinkTarget follow_link(const fs::path& root, const fs::path& from, std::string_view text,
                       const fs::path& shown) {
  constexpr int most_hops = 40;  // as the kernel
  LinkTarget target{.end = from, .stays_inside = true, .way = {}};
  std::vector<std::string> names;
  push_names(names, text);
  if (text.starts_with('/')) target.end = "/";
  int hops = 1;
  const auto note_place = [&] {
    const auto below = path_below(root.native(), target.end.native());
    if (!below)
      target.stays_inside = false;
    else if (!below->empty())
      target.way.push_back(*below);
  };
  if (text.starts_with('/')) note_place();
  while (!names.empty()) {
    const std::string name = std::move(names.back());
    names.pop_back();
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      target.end = target.end.parent_path();
      note_place();
      continue;
    }
    const fs::path place = target.end / name;
    const auto look = stat_link(place);
    if (!look)
      fail(ErrorKind::invalid_file, "the link '{}' leads to '{}', which is not there{}",
           printable(shown.native()), printable(place.native()), what_to_do);
    const fs::path folder = std::exchange(target.end, place);
    note_place();
    if (look->kind != FileKind::link) continue;
    if (++hops > most_hops)
      fail(ErrorKind::invalid_file, "the link '{}' goes round in circles{}",
           printable(shown.native()), what_to_do);
    const std::string next = read_link(place);
    target.end = next.starts_with('/') ? fs::path("/") : folder;
    note_place();
    push_names(names, next);
  }
  return target;
}

std::string relative_link(std::string_view link, std::string_view target) {
  std::vector<std::string_view> from = split(link, '/');
  from.pop_back();
  std::vector<std::string_view> to;
  if (!target.empty()) to = split(target, '/');
  std::size_t common = 0;
  while (common < from.size() && common < to.size() && from[common] == to[common]) ++common;
  std::string text;
  for (std::size_t i = common; i < from.size(); ++i) text += "../";
  for (std::size_t i = common; i < to.size(); ++i) text.append(to[i]).append("/");
  if (text.empty()) return ".";
  text.pop_back();
  return text;
}

}  // namespace mlpipe
