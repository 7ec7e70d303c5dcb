#include "base/look_recorder.h"

#include <atomic>
#include <map>
#include <mutex>
#include <utility>

namespace mlpipe {

namespace {

/// What there is to be known of all recorders: one at a time.
struct Recording {
  std::mutex mutex;
  std::map<std::pair<std::string, bool>, Look> looks;
  bool is_whole = true;
};

Recording& recording() {
  static Recording only;
  return only;
}

std::atomic<bool> is_recording{false};
thread_local int pauses = 0;

}  // namespace

bool Look::holds(const std::optional<FileStat>& now) const {
  if (stat.has_value() != now.has_value()) return false;
  if (!now) return true;
  if (stat->kind != now->kind || stat->executable != now->executable) return false;
  if (!exact && now->kind == FileKind::folder)
    return stat->dev == now->dev && stat->ino == now->ino;
  return stat->same_content_as(*now);
}

LookRecorder::LookRecorder() {
  auto& mine = recording();
  const std::lock_guard lock(mine.mutex);
  mine.looks.clear();
  mine.is_whole = true;
  is_recording = true;
}

LookRecorder::~LookRecorder() {
  auto& mine = recording();
  const std::lock_guard lock(mine.mutex);
  is_recording = false;
  mine.looks.clear();
}

void LookRecorder::saw(const std::filesystem::path& path, bool follows_links,
                       const std::optional<FileStat>& stat, bool exact) {
  if (!is_recording || pauses > 0) return;
  auto& mine = recording();
  const std::lock_guard lock(mine.mutex);
  const auto [found, is_new] = mine.looks.try_emplace({path.native(), follows_links});
  Look& look = found->second;
  if (is_new) {
    look = {.path = path.native(), .follows_links = follows_links, .exact = exact, .stat = stat};
    return;
  }
  if (exact && !look.exact) {
    if (!look.holds(stat)) mine.is_whole = false;
    look.exact = true;
    look.stat = stat;
  } else if (!look.holds(stat)) {
    mine.is_whole = false;
  }
}

void LookRecorder::saw_more() {
  if (!is_recording || pauses > 0) return;
  auto& mine = recording();
  const std::lock_guard lock(mine.mutex);
  mine.is_whole = false;
}

std::optional<std::vector<Look>> LookRecorder::looks() const {
  auto& mine = recording();
  const std::lock_guard lock(mine.mutex);
  if (!mine.is_whole) return std::nullopt;
  std::vector<Look> all;
  all.reserve(mine.looks.size());
  for (const auto& [path, look] : mine.looks) all.push_back(look);
  return all;
}

LookRecorder::Pause::Pause() { ++pauses; }
LookRecorder::Pause::~Pause() { --pauses; }

}  // namespace mlpipe
