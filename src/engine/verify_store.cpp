#include "engine/verify_store.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "base/error.h"

namespace mlpipe {

namespace {

class StoreCheck {
 public:
  StoreCheck(History& history, ObjectStore& store, WorkerPool& pool, Closeness closeness)
      : history_(history), store_(store), pool_(pool), closeness_(closeness) {}

  StoreReport run(const std::function<void(const VerifyProgress&)>& progress) {
    report_.database = history_.integrity_problems();
    report_.unsound = history_.unsound_results();
    StoreListing listing = store_.list();
    report_.strange = std::move(listing.strange);
    inspect(listing.objects, progress);
    // Read now: what a run has recorded meanwhile is known by then.
    for (auto& each : history_.known_objects()) uses_[each.object].push_back(std::move(each));
    find_missing();
    find_unknown();
    record();
    return std::move(report_);
  }

 private:
  void inspect(const std::vector<Hash>& objects,
               const std::function<void(const VerifyProgress&)>& progress) {
    std::mutex mutex;
    VerifyProgress state{.of_objects = objects.size()};
    pool_.for_each(objects.size(), [&](std::size_t i) {
      auto found = store_.inspect(objects[i], closeness_, pool_);
      const std::lock_guard lock(mutex);
      ++state.objects;
      state.bytes += found.bytes;
      note(objects[i], std::move(found));
      progress(state);
    });
    std::sort(report_.spoilt.begin(), report_.spoilt.end(), by_object);
    std::sort(report_.faulty.begin(), report_.faulty.end(), by_object);
  }

  static bool by_object(const SpoiltObject& a, const SpoiltObject& b) {
    return a.object < b.object;
  }

  void note(const Hash& object, InspectedObject found) {
    if (found.state == ObjectState::missing) return;  // it went away since it was listed
    ++report_.objects;
    report_.files += found.files;
    report_.bytes += found.bytes;
    if (!found.fault.empty()) {
      report_.faulty.push_back({.object = object, .found = std::move(found)});
      return;
    }
    if (found.renewed) report_.renewed.push_back(object);
    if (found.state == ObjectState::intact)
      intact_.emplace(object, found.bytes);
    else
      report_.spoilt.push_back({.object = object, .found = std::move(found)});
  }

  /// Objects that a result or something registered needs and that are neither there nor found to be
  /// damaged or faulty.
  void find_missing() {
    std::set<Hash> spoilt;
    for (const auto* found : {&report_.spoilt, &report_.faulty})
      for (const auto& each : *found) spoilt.insert(each.object);
    for (const auto& [object, uses] : uses_) {
      const bool needed = std::any_of(uses.begin(), uses.end(), [](const KnownObject& use) {
        return use.result.value != 0 || !use.asset.empty();
      });
      if (!needed || intact_.contains(object) || spoilt.contains(object)) continue;
      if (!is_gone(object)) continue;
      if (!history_.machines_with(object).empty()) {
        ++report_.elsewhere;
        continue;
      }
      report_.spoilt.push_back({.object = object, .found = {.state = ObjectState::missing}});
    }
    for (auto* objects : {&report_.spoilt, &report_.faulty})
      for (auto& each : *objects)
        if (const auto known = uses_.find(each.object); known != uses_.end())
          each.uses = known->second;
  }

  /// Not there, and not just put away by gc, which puts it back if somebody relies on it.
  [[nodiscard]] bool is_gone(const Hash& object) const {
    if (store_.current_stat(object)) return false;
    const auto away = store_.put_away_objects();
    return std::find(away.begin(), away.end(), object) == away.end() &&
           !store_.current_stat(object);
  }

  void find_unknown() {
    for (const auto& [object, bytes] : intact_) {
      if (uses_.contains(object)) continue;
      report_.unknown.push_back(object);
      report_.unknown_bytes += bytes;
    }
  }

  /// One transaction, in which an object is looked for once more: a run may have made it anew.
  void record() {
    const auto outdated = outdated_stats();
    if (report_.spoilt.empty() && report_.unsound.empty() && outdated.empty()) return;
    try {
      history_.begin_batch();
      leave_out_collected();
      for (auto& each : report_.spoilt)
        // What could not be moved away may look whole.
        if (!each.found.not_moved.empty() || !store_.current_stat(each.object)) withdraw_uses(each);
      for (const auto& each : report_.unsound) withdraw(each.key);
      for (const auto& [object, stat] : outdated) history_.remember_object(object, stat);
      history_.commit_batch();
      report_.recorded_anew = outdated.size();
    } catch (const Error& error) {
      history_.abandon_batch();
      report_.not_recorded = error.what();
    }
  }

  void withdraw(ResultKey result) {
    if (history_.is_offered(result)) ++report_.withdrawn;
    history_.withdraw_result(result);
  }

  void withdraw_uses(SpoiltObject& object) {
    for (const auto& use : object.uses) {
      if (use.result.value == 0) continue;
      withdraw(use.result);
      object.withdrawn.push_back(use.result);
    }
  }

  /// What is missing since its results were deleted or collected meanwhile is not missed.
  void leave_out_collected() {
    std::erase_if(report_.spoilt, [this](const SpoiltObject& each) {
      return each.found.state == ObjectState::missing &&
             std::none_of(each.uses.begin(), each.uses.end(), [this](const KnownObject& use) {
               return !use.asset.empty() || history_.is_kept(use.result);
             });
    });
  }

  /// Outputs of which the database does not have the stat that a hit compares: it is missing, or of
  /// before the workspace was copied.
  [[nodiscard]] std::vector<std::pair<Hash, FileStat>> outdated_stats() {
    std::vector<std::pair<Hash, FileStat>> outdated;
    for (const auto& [object, uses] : uses_) {
      const bool is_output = std::any_of(
          uses.begin(), uses.end(), [](const KnownObject& use) { return !use.output.empty(); });
      if (!is_output || !intact_.contains(object)) continue;
      const auto now = store_.current_stat(object);
      const auto recorded = history_.object_stat(object);
      if (now && !(recorded && recorded->same_content_as(*now)))
        outdated.emplace_back(object, *now);
    }
    return outdated;
  }

  History& history_;
  ObjectStore& store_;
  WorkerPool& pool_;
  Closeness closeness_;
  StoreReport report_;
  std::map<Hash, std::uint64_t> intact_;  ///< With its bytes.
  std::map<Hash, std::vector<KnownObject>> uses_;
};

}  // namespace

StoreReport verify_store(History& history, ObjectStore& store, WorkerPool& pool,
                         Closeness closeness,
                         const std::function<void(const VerifyProgress&)>& progress) {
  return StoreCheck(history, store, pool, closeness).run(progress);
}

}  // namespace mlpipe
