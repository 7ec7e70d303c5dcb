#include "base/look_recorder.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <tuple>

namespace mlpipe {

namespace {

/// A million files are looked at again in 0.75 s, where a plan takes 2.3 s; to remember them takes
/// 2.5 s and 600 MB once.
constexpr std::size_t most_looks = 1'500'000;

std::mutex guards_current;  // and all that the current one knows, and `paused`
LookRecorder* current = nullptr;
std::atomic<bool> is_recording{false};
/// Threads with a Pause, each as often as it has one. No thread_local: mold 1.10 places a lone
/// zero-initialised one so that some programs cannot be started.
std::vector<std::thread::id> paused;

/// The scopes of all threads, a thread's later ones behind its earlier ones.
std::vector<std::pair<std::thread::id, LookOwner>> scopes;

LookOwner current_owner() {
  const auto id = std::this_thread::get_id();
  const auto found = std::find_if(scopes.rbegin(), scopes.rend(),
                                  [id](const auto& scope) { return scope.first == id; });
  return found == scopes.rend() ? for_everybody : found->second;
}

bool comes_before(const Look& a, const Look& b) {
  return std::tie(a.path, a.follows_links) < std::tie(b.path, b.follows_links);
}

std::vector<LookOwner> each_once(std::vector<LookOwner> owners) {
  std::sort(owners.begin(), owners.end());
  owners.erase(std::unique(owners.begin(), owners.end()), owners.end());
  return owners;
}

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
  if (current != nullptr && !is_paused()) current->give_up(current_owner());
}

void LookRecorder::add(const std::filesystem::path& path, bool follows_links,
                       const std::optional<FileStat>& stat, bool exact) {
  const auto [found, is_new] = looks_.try_emplace((follows_links ? "> " : "  ") + path.native());
  auto& [look, owners] = found->second;
  const LookOwner owner = current_owner();
  if (owners.empty() || owners.back() != owner) owners.push_back(owner);
  if (is_new) {
    look = {.path = path.native(), .follows_links = follows_links, .exact = exact, .stat = stat};
    if (looks_.size() > most_looks) give_up(for_everybody);
  } else if (!look.holds(stat)) {
    for (const LookOwner each : std::vector(owners)) give_up(each);
  } else if (exact && !look.exact) {
    look.exact = true;
    look.stat = stat;
  }
}

void LookRecorder::give_up(LookOwner owner) {
  blind_.insert(owner);
  if (owner != for_everybody) return;
  is_whole_ = false;
  looks_.clear();
}

std::optional<SeenLooks> LookRecorder::seen() const {
  const std::lock_guard lock(guards_current);
  if (!is_whole_) return std::nullopt;
  std::vector<const Entry*> all;
  all.reserve(looks_.size());
  for (const auto& [path, entry] : looks_) all.push_back(&entry);
  std::sort(all.begin(), all.end(),
            [](const Entry* a, const Entry* b) { return comes_before(a->look, b->look); });
  SeenLooks seen{.looks = {}, .owners = {}, .blind = blind_};
  seen.looks.reserve(all.size());
  seen.owners.reserve(all.size());
  for (const Entry* entry : all) {
    seen.looks.push_back(entry->look);
    seen.owners.push_back(each_once(entry->owners));
  }
  return seen;
}

std::optional<std::vector<Look>> LookRecorder::looks() const {
  auto all = seen();
  if (!all || !all->blind.empty()) return std::nullopt;
  return std::move(all->looks);
}

std::optional<SeenLooks> seen_by_both(SeenLooks a, SeenLooks b) {
  SeenLooks both{.looks = {}, .owners = {}, .blind = std::move(a.blind)};
  both.blind.merge(b.blind);
  both.looks.reserve(a.looks.size() + b.looks.size());
  both.owners.reserve(a.looks.size() + b.looks.size());
  const auto take = [&both](SeenLooks& from, std::size_t i) {
    both.looks.push_back(std::move(from.looks[i]));
    both.owners.push_back(std::move(from.owners[i]));
  };
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.looks.size() || j < b.looks.size()) {
    if (j == b.looks.size() || (i < a.looks.size() && comes_before(a.looks[i], b.looks[j]))) {
      take(a, i++);
    } else if (i == a.looks.size() || comes_before(b.looks[j], a.looks[i])) {
      take(b, j++);
    } else {
      const bool is_same =
          a.looks[i].exact ? b.looks[j].holds(a.looks[i].stat) : a.looks[i].holds(b.looks[j].stat);
      if (a.looks[i].exact) std::swap(a.looks[i], b.looks[j]);
      auto owners = std::move(a.owners[i++]);
      owners.insert(owners.end(), b.owners[j].begin(), b.owners[j].end());
      b.owners[j] = each_once(std::move(owners));
      take(b, j++);
      if (!is_same) both.blind.insert(both.owners.back().begin(), both.owners.back().end());
    }
  }
  if (both.blind.contains(for_everybody)) return std::nullopt;
  return both;
}

LookRecorder::Scope::Scope(LookOwner owner) {
  const std::lock_guard lock(guards_current);
  scopes.emplace_back(std::this_thread::get_id(), owner);
}

LookRecorder::Scope::~Scope() {
  const std::lock_guard lock(guards_current);
  const auto id = std::this_thread::get_id();
  const auto last = std::find_if(scopes.rbegin(), scopes.rend(),
                                 [id](const auto& scope) { return scope.first == id; });
  scopes.erase(std::next(last).base());
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
