#include "engine/collect_garbage.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <span>
#include <thread>

#include "base/clock.h"
#include "base/disk_use.h"
#include "base/error.h"
#include "base/file_lock.h"
#include "engine/leftovers.h"
#include "engine/unfinished_copy.h"
#include "engine/unfinished_runs.h"
#include "store/object_store.h"
#include "store/store_users.h"

// The order is what makes it safe and, on a full disk, possible:
//
//   1. what an earlier gc put away and did not get to judge
//   2. a look at everything, and the choice; nothing is locked meanwhile
//   3. what needs no record goes: leftovers, objects that nothing refers to. That also makes room
//      for the record of the rest
//   4. downloads are forgotten and results given up, some in a transaction, each only if it is
//   still as it was seen
//   5. the objects that only those held are put away, judged once more, and removed

namespace mlpipe {

namespace {

/// Filesystems may keep times to two seconds.
constexpr std::int64_t coarsest_time_ns = 2'000'000'000;
constexpr std::size_t results_at_a_time = 200;
constexpr std::size_t results_when_tight = 4;
constexpr std::chrono::milliseconds ask_again{100};

class GarbageCollection {
 public:
  GarbageCollection(const StateDirectory& state, History& history, const LiveRuns& live,
                    const GarbageRequest& request)
      : state_(state),
        history_(history),
        live_(live),
        request_(request),
        store_(state.objects(), state.scratch()) {}

  GarbageReport look() {
    choose();
    for (const auto& leftover : find_leftovers(state_, history_, request_.rule.unused_since))
      count(leftover);
    report_.downloads = choice_.downloads.size();
    const auto needed = referred_to();
    for (const auto& id : store_.put_away_objects())
      if (!needed.contains(id)) report_.objects.add(disk_use(state_.trash() / id.hex()));
    for (const auto& chosen : choice_.results) note(*chosen.result, chosen.cause);
    for (const auto& id : choice_.objects) report_.objects.add(sizes_[id]);
    report_.needed = referred_to_without_chosen();
    sort_results();
    return std::move(report_);
  }

  GarbageReport collect() {
    settle_put_away();
    choose();
    for (const auto& leftover : find_leftovers(state_, history_, request_.rule.unused_since))
      attempt([&] {
        if (remove_leftover(leftover, state_)) count(leftover);
      });
    attempt([&] { remove_unfinished_copies(state_); });
    remove_objects(held_by_nothing());
    forget_downloads();
    give_up_results();
    // What could not be given up holds what it held.
    std::set<Hash> free(choice_.objects.begin(), choice_.objects.end());
    report_.needed = referred_to();
    for (const auto& id : report_.needed) free.erase(id);
    remove_objects({free.begin(), free.end()});
    report_.kept_bytes = stored_bytes_ - removed_bytes_;
    sort_results();
    return std::move(report_);
  }

 private:
  template <class Work>
  void attempt(const Work& work) {
    try {
      work();
    } catch (const Error& error) {
      report_.problems.emplace_back(error.what());
    }
  }

  [[nodiscard]] std::set<RunKey> living() {
    std::set<RunKey> living;
    for (const auto& run : history_.unfinished_runs())
      if (live_.is_alive(run.key)) living.insert(run.key);
    return living;
  }

  /// All objects that something refers to now.
  [[nodiscard]] std::set<Hash> referred_to() {
    return objects_of(history_.object_holders(living()), {});
  }

  /// What would be left of that without the results that are chosen to go.
  [[nodiscard]] std::set<Hash> referred_to_without_chosen() const {
    std::set<ResultKey> chosen;
    for (const auto& each : choice_.results) chosen.insert(each.result->key);
    return objects_of(holders_, chosen);
  }

  [[nodiscard]] std::set<Hash> objects_of(const ObjectHolders& holders,
                                          const std::set<ResultKey>& left_out) const {
    std::set<Hash> ids;
    for (const auto& result : holders.results)
      if (!left_out.contains(result.key)) ids.insert(result.objects.begin(), result.objects.end());
    for (const auto& source : holders.sources)
      if (stays(source)) ids.insert(source.object);
    for (const auto& download : holders.downloads) ids.insert(download.object);
    ids.insert(holders.registered.begin(), holders.registered.end());
    return ids;
  }

  [[nodiscard]] bool stays(const HeldSource& source) const {
    const auto& since = request_.rule.unused_since;
    return source.kept || !since || source.last_used >= *since;
  }

  void choose() {
    // The store is looked at first: what comes in later is not known here, and stays.
    for (const auto& stored : store_.sizes(pool_)) {
      sizes_.emplace(stored.id, stored.disk_bytes);
      uses_.emplace(stored.id, stored.used_ns);
      stored_bytes_ += stored.disk_bytes;
    }
    // Who lives, then what is recorded: as in judge().
    const auto earliest = earliest_user();
    holders_ = history_.object_holders(living());
    choice_ = choose_collection(holders_, sizes_, request_.rule);
    std::set<Hash> in_use;  // what a run that goes on may read stays known by its address
    std::erase_if(choice_.downloads, [&](const HeldDownload* download) {
      if (!may_be_needed(uses_[download->object], earliest)) return false;
      in_use.insert(download->object);
      return true;
    });
    std::erase_if(choice_.objects, [&](const Hash& id) {
      if (in_use.contains(id)) choice_.kept_bytes += sizes_[id];
      if (in_use.contains(id)) return true;
      if (!may_be_needed(uses_[id], earliest)) return false;
      report_.waiting.add(sizes_[id]);
      return true;
    });
    report_.kept_bytes = choice_.kept_bytes + report_.waiting.bytes;
    report_.to_stay = choice_.to_stay;
    constexpr auto a_day = std::chrono::hours(24);
    report_.used_later = static_cast<std::size_t>(
        std::count_if(holders_.results.begin(), holders_.results.end(),
                      [&](const auto& result) { return result.last_used > now() + a_day; }));
  }

  /// The file is opened for each look: the first driver that takes a lock in it makes it.
  [[nodiscard]] std::optional<std::int64_t> earliest_user() const {
    return StoreUsers(state_.store_locks(), LockFile::OnlyLook{}).earliest_ns();
  }

  /// Whether a living driver has begun before the object was used last: it may rely on it.
  [[nodiscard]] static bool may_be_needed(std::int64_t used_ns,
                                          std::optional<std::int64_t> earliest_ns) {
    return earliest_ns && used_ns + coarsest_time_ns >= *earliest_ns;
  }

  void forget_downloads() {
    if (choice_.downloads.empty()) return;
    attempt([&] {
      try {
        history_.begin_batch();
        const auto forgotten = static_cast<std::size_t>(
            std::count_if(choice_.downloads.begin(), choice_.downloads.end(),
                          [&](const auto* each) { return history_.forget_download(*each); }));
        history_.commit_batch();
        report_.downloads = forgotten;
      } catch (const Error&) {
        history_.abandon_batch();
        throw;
      }
    });
  }

  /// Those that no result or download had to be given up for.
  [[nodiscard]] std::vector<Hash> held_by_nothing() const {
    std::set<Hash> held;
    for (const auto& chosen : choice_.results)
      held.insert(chosen.result->objects.begin(), chosen.result->objects.end());
    for (const auto* download : choice_.downloads) held.insert(download->object);
    std::vector<Hash> ids;
    for (const auto& id : choice_.objects)
      if (!held.contains(id)) ids.push_back(id);
    return ids;
  }

  void give_up_results() {
    const std::span<const ChosenResult> all(choice_.results);
    std::size_t at = 0;
    while (at < all.size()) {
      const auto some = all.subspan(at, std::min(results_at_a_time, all.size() - at));
      if (try_give_up(some)) {
        at += some.size();
        continue;
      }
      // On a full disk: a little at first, whose objects make room for the rest.
      const auto few = some.first(std::min(results_when_tight, some.size()));
      give_up(few);
      at += few.size();
      std::set<Hash> free(choice_.objects.begin(), choice_.objects.end());
      for (const auto& id : referred_to()) free.erase(id);
      remove_objects({free.begin(), free.end()});
    }
  }

  /// False if the record found no room; what was kept for that is used up then.
  [[nodiscard]] bool try_give_up(std::span<const ChosenResult> some) {
    try {
      give_up(some);
      return true;
    } catch (const Error&) {
      history_.abandon_batch();
      (void)make_room(state_);
      return false;
    }
  }

  void give_up(std::span<const ChosenResult> some) {
    std::vector<const HeldResult*> results;
    for (const auto& chosen : some) results.push_back(chosen.result);
    const auto collected = history_.collect_results(results, now());
    const std::set<ResultKey> done(collected.begin(), collected.end());
    for (const auto& chosen : some)
      if (done.contains(chosen.result->key)) note(*chosen.result, chosen.cause);
  }

  /// Put away, judge, remove.
  void remove_objects(const std::vector<Hash>& ids) {
    if (ids.empty()) return;
    std::vector<Hash> away;
    for (const auto& id : ids)
      attempt([&] {
        if (store_.put_away(id)) away.push_back(id);
      });
    judge(away);
  }

  /// What is put away goes unless somebody has come to need it. First who lives, then what is
  /// recorded: a driver that has ended between the two has left its record.
  void judge(const std::vector<Hash>& away) {
    const auto earliest = earliest_user();
    const auto needed = referred_to();
    for (const auto& id : away) {
      const bool stays = needed.contains(id) || may_be_needed(store_.put_away_use(id), earliest);
      attempt([&] {
        if (stays) {
          store_.put_back(id);
          return;
        }
        store_.remove_put_away(id);
        const auto known = sizes_.find(id);
        const std::uint64_t bytes = known == sizes_.end() ? 0 : known->second;
        report_.objects.add(bytes);
        removed_bytes_ += bytes;
      });
    }
  }

  /// What a gc that was killed had put away.
  void settle_put_away() {
    const auto away = store_.put_away_objects();
    for (const auto& id : away) sizes_[id] = disk_use(state_.trash() / id.hex());
    judge(away);
    sizes_.clear();
    removed_bytes_ = 0;
  }

  void count(const Leftover& leftover) {
    switch (leftover.kind) {
      case Leftover::Kind::directory:
        return report_.directories.add(leftover.disk_bytes);
      case Leftover::Kind::log:
        return report_.logs.add(leftover.disk_bytes);
      case Leftover::Kind::quarantined:
        return report_.quarantined.add(leftover.disk_bytes);
      case Leftover::Kind::scratch:
      case Leftover::Kind::trash:
        return report_.rest.add(leftover.disk_bytes);
    }
  }

  void note(const HeldResult& result, CollectionCause cause) {
    report_.results.push_back({.key = result.key,
                               .cause = cause,
                               .duration = result.duration,
                               .last_used = result.last_used});
  }

  void sort_results() {
    std::sort(report_.results.begin(), report_.results.end(),
              [](const auto& a, const auto& b) { return a.key < b.key; });
  }

  const StateDirectory& state_;
  History& history_;
  const LiveRuns& live_;
  const GarbageRequest& request_;
  ObjectStore store_;
  WorkerPool pool_;
  ObjectHolders holders_;
  ObjectSizes sizes_;
  std::map<Hash, std::int64_t> uses_;
  CollectionChoice choice_;
  std::uint64_t stored_bytes_ = 0;
  std::uint64_t removed_bytes_ = 0;
  GarbageReport report_;
};

}  // namespace

bool make_room(const StateDirectory& state) {
  constexpr std::uint64_t little = std::uint64_t{1} << 20U;
  std::error_code unknown;
  const auto space = std::filesystem::space(state.root, unknown);
  if (unknown || space.available > little) return false;
  bool made = false;
  for (const auto& file : {state.reserve(), state.stat_cache(), state.interpreter_cache()}) {
    made = made || stat_link(file);
    remove_tree(file);
  }
  return made;
}

GarbageReport collect_garbage(const StateDirectory& state, History& history, const LiveRuns& live,
                              const GarbageRequest& request) {
  if (request.only_look) return GarbageCollection(state, history, live, request).look();
  LockFile lock(state.gc_lock());
  if (!lock.try_lock(0)) {
    request.waits();
    while (!lock.try_lock(0)) std::this_thread::sleep_for(ask_again);
  }
  close_dead_runs(history, live);
  auto report = GarbageCollection(state, history, live, request).collect();
  keep_reserve(state);
  return report;
}

}  // namespace mlpipe
