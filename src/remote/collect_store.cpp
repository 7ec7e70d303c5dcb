#include "remote/collect_store.h"

#include <fcntl.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/disk_use.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t ns_a_second = 1'000'000'000;
constexpr std::int64_t hour_ns = std::int64_t{3600} * ns_a_second;
constexpr std::int64_t week_ns = std::int64_t{7} * 24 * hour_ns;
/// Filesystems may keep times to two seconds.
constexpr std::int64_t coarsest_time_ns = 2 * ns_a_second;

constexpr std::size_t hash_letters = 32;

fs::path needed_file(const fs::path& directory) { return directory / "needed"; }

std::int64_t a_week_ago_ns() { return to_micros(now()) * 1000 - week_ns; }

/// What the directories of jobs are made of.
std::set<Hash> needed_by_jobs(const fs::path& root) {
  std::set<Hash> needed;
  for (const auto& name : list_names(root / "work")) {
    const auto file = needed_file(root / "work" / name);
    if (!stat_link(file)) continue;
    const auto text = read_file(file);
    for (const auto line : split(text, '\n'))
      if (const auto id = parse_hash(line)) needed.insert(*id);
  }
  return needed;
}

class StoreCollection {
 public:
  StoreCollection(const fs::path& root, ObjectStore& store, const StoreUsers& users,
                  JobTurns& turns, const CollectObjects& asked)
      : root_(root), store_(store), users_(users), turns_(turns), asked_(asked) {}

  CollectedAnswer run() {
    remove_old_jobs();
    const std::set<Hash> keep(asked_.keep.begin(), asked_.keep.end());
    const std::set<Hash> drop(asked_.drop.begin(), asked_.drop.end());
    const auto needed = needed_by_jobs(root_);
    std::vector<StoredSize> chosen;
    for (const auto& object : store_.sizes(pool_)) {
      const bool goes = !keep.contains(object.id) && !needed.contains(object.id) &&
                        (drop.contains(object.id) || object.used_ns < a_week_ago_ns());
      if (goes)
        chosen.push_back(object);
      else
        answer_.kept_bytes += object.disk_bytes;
    }
    if (asked_.only_look)
      for (const auto& object : chosen) count(object);
    else
      remove(chosen);
    return std::move(answer_);
  }

 private:
  void count(const StoredSize& object) {
    answer_.gone.push_back(object.id);
    answer_.bytes += object.disk_bytes;
  }

  /// Put away, judge once more, remove: as the gc of the driver's own store does, for its reasons.
  void remove(const std::vector<StoredSize>& chosen) {
    std::vector<const StoredSize*> away;
    for (const auto& object : chosen)
      if (store_.put_away(object.id)) away.push_back(&object);
    const auto earliest = users_.earliest_ns();
    const auto needed = needed_by_jobs(root_);
    for (const auto* object : away) {
      const bool may_be_used =
          earliest && store_.put_away_use(object->id) + coarsest_time_ns >= *earliest;
      if (may_be_used || needed.contains(object->id)) {
        store_.put_back(object->id);
        answer_.kept_bytes += object->disk_bytes;
      } else {
        store_.remove_put_away(object->id);
        count(*object);
      }
    }
  }

  /// Records and directories of jobs that failed or were lost: nobody came for them. What is
  /// younger than an hour may be another driver's, which its gc does not know of yet.
  void remove_old_jobs() {
    const std::set<Hash> kept_work(asked_.keep_work.begin(), asked_.keep_work.end());
    std::set<std::string> names;
    for (const char* folder : {"jobs", "work"})
      for (const auto& name : list_names(root_ / folder))
        if (is_job_name(name) && name != "scratch") names.insert(name);
    for (const auto& name : names) {
      const JobTurn turn(turns_, name);
      const JobFolder job{root_, name};
      const auto state = state_of(job);
      if (state == JobState::running) continue;
      const auto work = parse_hash(std::string_view(name).substr(0, hash_letters));
      const bool is_wanted =  // a result that nobody fetched yet is the next run's
          !work || kept_work.contains(*work) || state == JobState::succeeded;
      const auto bytes = disk_use(job.work().root) + disk_use(job.path());
      if (!is_older_than(is_wanted ? week_ns : hour_ns, job)) {
        ++answer_.kept_directories;
        answer_.kept_directory_bytes += bytes;
        continue;
      }
      ++answer_.directories;
      answer_.directory_bytes += bytes;
      if (asked_.only_look) continue;
      remove_tree(job.work().root);
      remove_tree(job.path());
    }
  }

  [[nodiscard]] static bool is_older_than(std::int64_t age_ns, const JobFolder& job) {
    const auto limit = to_micros(now()) * 1000 - age_ns;
    const std::vector<fs::path> paths{job.path(), job.work().root, job.file("lock"),
                                      job.file("result")};
    return std::none_of(paths.begin(), paths.end(), [limit](const fs::path& path) {
      const auto look = stat_link(path);
      return look && look->mtime_ns >= limit;
    });
  }

  const fs::path& root_;
  ObjectStore& store_;
  const StoreUsers& users_;
  JobTurns& turns_;
  const CollectObjects& asked_;
  WorkerPool pool_;
  CollectedAnswer answer_;
};

}  // namespace

void note_needed(const JobFolder& job, const std::vector<Hash>& objects) {
  std::string text;
  for (const auto& id : objects) text += id.hex() + "\n";
  // What is in use just now stays without it: a gc that reads half of it does no harm.
  write_new_file(needed_file(job.work().root), text);
}

/// One that runs cannot be opened for writing, and so is not taken for an old one.
void remove_old_helpers(const fs::path& folder) {
  for (const auto& name : list_names(folder)) {
    const auto path = folder / name;
    const auto look = stat_link(path);
    const bool is_ours = parse_hash(name.substr(0, hash_letters)).has_value();
    if (!is_ours || !look || look->mtime_ns >= a_week_ago_ns()) continue;
    if (const Fd may_go(
            ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));  // NOLINT(*-vararg)
        may_go)
      fs::remove(path);
  }
}

CollectedAnswer collect_store(const fs::path& root, ObjectStore& store, const StoreUsers& users,
                              JobTurns& turns, const CollectObjects& asked) {
  return StoreCollection(root, store, users, turns, asked).run();
}

}  // namespace mlpipe
