#include "base/look_recorder.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <tuple>

namespace mlpipe {

namespace {

/// More would take longer to look at again than is gained, and some 300 bytes each meanwhile.
constexpr std::size_t most_looks = 300'000;

std::mutex guards_current;  // and all that the current one knows, and `paused`
LookRecorder* current = nullptr;
std::atomic<bool> is_recording{false};
/// Threads with a Pause, each as often as it has one. No thread_local: mold 1.10 places a lone
/// zero-initialised one so that some programs cannot be started.
std::vector<std::thread::id> paused;

bool is_paused() {
  return std::find(paused.begin(), paused.end(), std::this_thread::get_id()) != paused.end();
}

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
  const std::lock_guard lock(guards_current);
  current = this;
  is_recording = true;
}

LookRecorder::~LookRecorder() {
  const std::lock_guard lock(guards_current);
  is_recording = false;
  current = nullptr;
}

void LookRecorder::saw(const std::filesystem::path& path, bool follows_links,
                       const std::optional<FileStat>& stat, bool exact) {
  if (!is_recording) return;
  const std::lock_guard lock(guards_current);
  if (current != nullptr && current->is_whole_ && !is_paused())
    current->add(path, follows_links, stat, exact);
}

void LookRecorder::saw_more() {
  if (!is_recording) return;
  const std::lock_guard lock(guards_current);
  if (current != nullptr && !is_paused()) current->give_up();
}

void LookRecorder::add(const std::filesystem::path& path, bool follows_links,
                       const std::optional<FileStat>& stat, bool exact) {
  const auto [found, is_new] = looks_.try_emplace((follows_links ? "> " : "  ") + path.native());
  Look& look = found->second;
  if (is_new) {
    look = {.path = path.native(), .follows_links = follows_links, .exact = exact, .stat = stat};
    if (looks_.size() > most_looks) give_up();
  } else if (!look.holds(stat)) {
    give_up();
  } else if (exact && !look.exact) {
    look.exact = true;
    look.stat = stat;
  }
}

void LookRecorder::give_up() {
  is_whole_ = false;
  looks_.clear();
}

std::optional<std::vector<Look>> LookRecorder::looks() const {
  const std::lock_guard lock(guards_current);
  if (!is_whole_) return std::nullopt;
  std::vector<Look> all;
  all.reserve(looks_.size());
  for (const auto& [path, look] : looks_) all.push_back(look);
  std::sort(all.begin(), all.end(), [](const Look& a, const Look& b) {
    return std::tie(a.path, a.follows_links) < std::tie(b.path, b.follows_links);
  });
  return all;
}

LookRecorder::Pause::Pause() {
  const std::lock_guard lock(guards_current);
  paused.push_back(std::this_thread::get_id());
}

LookRecorder::Pause::~Pause() {
  const std::lock_guard lock(guards_current);
  paused.erase(std::find(paused.begin(), paused.end(), std::this_thread::get_id()));
}

}  // namespace mlpipe
