#include "engine/collection_choice.h"

#include <algorithm>
#include <queue>
#include <set>
#include <utility>

namespace mlpipe {

namespace {

/// Who holds which object while results are given up, one after the other.
class Balance {
 public:
  Balance(const ObjectHolders& holders, const ObjectSizes& sizes, const CollectionRule& rule)
      : holders_(holders), gone_(holders.results.size(), false) {
    for (const auto& [id, bytes] : sizes) {
      places_.emplace(id, objects_.size());
      objects_.push_back({.id = id, .bytes = bytes});
      total_ += bytes;
    }
    for (std::size_t i = 0; i < holders.results.size(); ++i)
      for (const auto& id : holders.results[i].objects)
        if (Object* object = find(id)) object->results.push_back(i);
    for (const auto& source : holders.sources)
      if (source.kept || !rule.unused_since || source.last_used >= *rule.unused_since)
        hold(source.object, source.kept ? Holder::run : Holder::source);
    for (const auto& download : holders.downloads) {
      if (rule.unused_since && download.last_used < *rule.unused_since)
        old_downloads_.push_back(&download);
      else
        hold(download.object, Holder::download);
    }
    for (const auto& id : holders.registered) hold(id, Holder::registered);
    for (const auto& result : holders.results)
      if (result.kept)
        for (const auto& id : result.objects) hold(id, Holder::run);
    for (auto& object : objects_) {
      object.holders = object.results.size();
      if (is_free(object)) total_ -= object.bytes;
    }
  }

  void give_up(std::size_t index, CollectionCause cause) {
    gone_[index] = true;
    chosen_.push_back({&holders_.results[index], cause});
    for (const auto& id : holders_.results[index].objects) {
      Object* object = find(id);
      if (object == nullptr) continue;
      --object->holders;
      if (is_free(*object)) total_ -= object->bytes;
    }
  }

  void fit(std::uint64_t most);

  [[nodiscard]] bool is_gone(std::size_t index) const { return gone_[index]; }

  [[nodiscard]] CollectionChoice choice() const {
    CollectionChoice choice{
        .results = chosen_, .downloads = old_downloads_, .objects = {}, .kept_bytes = total_};
    for (const auto& object : objects_) {
      if (is_free(object)) choice.objects.push_back(object.id);
      if (object.staying == Holder::registered) choice.to_stay.registered += object.bytes;
      if (object.staying == Holder::run) choice.to_stay.of_runs += object.bytes;
      if (object.staying == Holder::download) choice.to_stay.downloads += object.bytes;
      if (object.staying == Holder::source) choice.to_stay.sources += object.bytes;
    }
    return choice;
  }

 private:
  /// Who holds an object that no size makes go; the later one counts before the earlier.
  enum class Holder : std::uint8_t { result, source, download, run, registered };

  struct Object {
    Hash id;
    std::uint64_t bytes = 0;
    std::vector<std::size_t> results;  ///< All that ever held it.
    std::size_t holders = 0;           ///< Of them, those that are not gone.
    Holder staying = Holder::result;   ///< The strongest one; results alone: it can go.

    [[nodiscard]] bool is_for_good() const { return staying != Holder::result; }
  };

  void hold(const Hash& id, Holder holder) {
    if (Object* object = find(id)) object->staying = std::max(object->staying, holder);
  }

  /// All that must go for an object to be freed, weighed.
  struct Candidate {
    double seconds_per_byte = 0;
    TimePoint last_used{};
    std::size_t object = 0;
    std::size_t holders = 0;  ///< When it was weighed: it is out of date if that has changed.

    /// The best first out of a priority queue: cheap, then long unused.
    bool operator<(const Candidate& other) const {
      if (seconds_per_byte != other.seconds_per_byte)
        return seconds_per_byte > other.seconds_per_byte;
      if (last_used != other.last_used) return last_used > other.last_used;
      return object > other.object;
    }
  };

  [[nodiscard]] Object* find(const Hash& id) {
    const auto found = places_.find(id);
    return found == places_.end() ? nullptr : &objects_[found->second];
  }

  [[nodiscard]] static bool is_free(const Object& object) {
    return object.holders == 0 && !object.is_for_good();
  }

  /// Nothing if the object stays, or is free.
  [[nodiscard]] std::optional<Candidate> weigh(std::size_t place) {
    const Object& wanted = objects_[place];
    if (wanted.is_for_good() || wanted.holders == 0) return std::nullopt;
    Candidate candidate{.object = place, .holders = wanted.holders};
    std::map<std::size_t, std::size_t> held;  // objects of those results, how many of them hold it
    double seconds = 0;
    for (const auto index : wanted.results) {
      if (gone_[index]) continue;
      const HeldResult& result = holders_.results[index];
      seconds += static_cast<double>(result.duration.count()) / 1e6;
      candidate.last_used = std::max(candidate.last_used, result.last_used);
      for (const auto& id : result.objects)
        if (const auto found = places_.find(id); found != places_.end()) ++held[found->second];
    }
    std::uint64_t freed = 0;
    for (const auto& [object, count] : held)
      if (!objects_[object].is_for_good() && objects_[object].holders == count)
        freed += objects_[object].bytes;
    if (freed == 0) return std::nullopt;
    candidate.seconds_per_byte = seconds / static_cast<double>(freed);
    return candidate;
  }

  void give_up_holders(std::size_t place, std::priority_queue<Candidate>& queue);

  const ObjectHolders& holders_;
  std::vector<Object> objects_;
  std::map<Hash, std::size_t> places_;
  std::vector<bool> gone_;
  std::vector<ChosenResult> chosen_;
  std::vector<const HeldDownload*> old_downloads_;
  std::uint64_t total_ = 0;
};

/// More results than this share an object: it is weighed again only when few are left, since each
/// of them that goes would have all others counted.
constexpr std::size_t many_holders = 32;

void Balance::give_up_holders(std::size_t place, std::priority_queue<Candidate>& queue) {
  std::set<std::size_t> touched;
  for (const auto index : objects_[place].results) {
    if (gone_[index]) continue;
    give_up(index, CollectionCause::too_much);
    for (const auto& id : holders_.results[index].objects)
      if (const auto found = places_.find(id); found != places_.end())
        touched.insert(found->second);
  }
  // What they shared with others has become cheaper.
  for (const auto object : touched)
    if (objects_[object].holders <= many_holders)
      if (const auto again = weigh(object)) queue.push(*again);
}

void Balance::fit(std::uint64_t most) {
  std::priority_queue<Candidate> queue;
  const auto fill = [&](bool with_many) {
    for (std::size_t i = 0; i < objects_.size(); ++i)
      if (with_many || objects_[i].holders <= many_holders)
        if (const auto candidate = weigh(i)) queue.push(*candidate);
  };
  fill(false);
  bool filled_with_many = false;
  while (total_ > most) {
    if (queue.empty()) {
      if (std::exchange(filled_with_many, true)) return;
      fill(true);
      continue;
    }
    const Candidate best = queue.top();
    queue.pop();
    if (objects_[best.object].holders != best.holders) continue;  // was weighed again since
    give_up_holders(best.object, queue);
  }
}

}  // namespace

CollectionChoice choose_collection(const ObjectHolders& holders, const ObjectSizes& sizes,
                                   const CollectionRule& rule) {
  Balance balance(holders, sizes, rule);
  for (std::size_t i = 0; i < holders.results.size(); ++i) {
    const HeldResult& result = holders.results[i];
    if (result.kept) continue;
    if (!result.shown)
      balance.give_up(i, CollectionCause::not_shown);
    else if (rule.unused_since && result.last_used < *rule.unused_since)
      balance.give_up(i, CollectionCause::unused);
  }
  if (rule.max_bytes) balance.fit(*rule.max_bytes);
  return balance.choice();
}

}  // namespace mlpipe
