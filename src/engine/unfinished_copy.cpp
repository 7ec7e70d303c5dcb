#include "engine/unfinished_copy.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <random>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "engine/published_mark.h"
#include "store/contents.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// Free, and free on every machine that sees the filesystem. Not the path's own name with an
/// ending: that may be as long as a name can be.
std::string fresh_name() {
  static const unsigned process = std::random_device()();
  static std::atomic<unsigned> counter{0};
  return fmt::format(".mlpipe-{:08x}-{}", process, counter++);
}

fs::path whole_name(const fs::path& making) {
  fs::path whole = making;
  whole += "-whole";
  return whole;
}

fs::path note_for(const fs::path& making, const StateDirectory& state) {
  make_folders(state.copies());
  return state.copies() / making.filename();
}

/// Whether it is, as it lies there, what mlpipe once made for `path`.
bool is_copy_for(const fs::path& path, const fs::path& whole) {
  WorkerPool pool(1);
  StatCache nothing_known{fs::path()};
  const auto mark = published_mark(whole, path);
  return mark && hash_contents(whole, nothing_known, pool).hash == *mark;
}

/// A note that was just made has nothing in it yet; one that a power cut emptied never will.
bool is_young(const fs::path& note) {
  constexpr std::int64_t hour_us = std::int64_t{3600} * 1'000'000;
  const auto look = stat_link(note);
  return look && look->ctime_ns / 1000 > to_micros(now()) - hour_us;
}

void settle(const fs::path& note) {
  LockFile lock(note);
  if (!lock.try_lock(0)) return;  // it is being made
  const std::string text = read_file(note);
  const auto end = text.find('\0');
  if (end == std::string::npos || text.back() != '\0' || end + 1 == text.size()) {
    if (!is_young(note)) fs::remove(note);
    return;
  }
  const fs::path making = text.substr(0, end);
  const fs::path path = text.substr(end + 1, text.size() - end - 2);
  const fs::path whole = whole_name(making);
  if (stat_link(making)) remove_tree(making);
  if (stat_link(whole) && is_copy_for(path, whole)) remove_tree(whole);
  fs::remove(note);
}

}  // namespace

UnfinishedCopy::UnfinishedCopy(const StateDirectory& state, const fs::path& path)
    : making_(path.parent_path() / fresh_name()),
      whole_(whole_name(making_)),
      note_(note_for(making_, state)),
      lock_(note_) {
  if (!lock_.try_lock(0)) fail(ErrorKind::system, "another process holds '{}'", note_.string());
  std::string text = making_.native();
  text += '\0';
  text += path.native();
  text += '\0';
  write_all(lock_.descriptor().get(), text, note_);
}

UnfinishedCopy::~UnfinishedCopy() {
  try {
    if (stat_link(making_)) remove_tree(making_);
    fs::remove(note_);
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the note stays
  }
}

void UnfinishedCopy::is_whole() { rename_path(making_, whole_); }

void UnfinishedCopy::may_go() { rename_path(whole_, making_); }

void remove_unfinished_copies(const StateDirectory& state) {
  if (!stat_link(state.copies())) return;
  for (const auto& name : list_names(state.copies())) {
    try {
      settle(state.copies() / name);
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the note stays
    }
  }
}

}  // namespace mlpipe
