#include "base/look_recorder.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <tuple>
#include <unordered_map>

namespace mlpipe {

namespace {

/// More would take longer to look at again than is gained, and some 300 bytes each meanwhile.
constexpr std::size_t most_looks = 300'000;

/// What there is to be known of all recorders: one at a time.
struct Recording {
  std::mutex mutex;
  std::unordered_map<std::string, Look> looks;  ///< By how and where it was looked.
  bool is_whole = true;

  void give_up() {
    is_whole = false;
    looks.clear();
  }
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
  if (!mine.is_whole) return;
  const auto [found, is_new] =
      mine.looks.try_emplace((follows_links ? "> " : "  ") + path.native());
  Look& look = found->second;
  if (is_new) {
    look = {.path = path.native(), .follows_links = follows_links, .exact = exact, .stat = stat};
    if (mine.looks.size() > most_looks) mine.give_up();
  } else if (!look.holds(stat)) {
    mine.give_up();
  } else if (exact && !look.exact) {
    look.exact = true;
    look.stat = stat;
  }
}

void LookRecorder::saw_more() {
  if (!is_recording || pauses > 0) return;
  auto& mine = recording();
  const std::lock_guard lock(mine.mutex);
  mine.give_up();
}

std::optional<std::vector<Look>> LookRecorder::looks() const {
  auto& mine = recording();
  const std::lock_guard lock(mine.mutex);
  if (!mine.is_whole) return std::nullopt;
  std::vector<Look> all;
  all.reserve(mine.looks.size());
  for (const auto& [path, look] : mine.looks) all.push_back(look);
  std::sort(all.begin(), all.end(), [](const Look& a, const Look& b) {
    return std::tie(a.path, a.follows_links) < std::tie(b.path, b.follows_links);
  });
  return all;
}

LookRecorder::Pause::Pause() { ++pauses; }
LookRecorder::Pause::~Pause() { --pauses; }

}  // namespace mlpipe
