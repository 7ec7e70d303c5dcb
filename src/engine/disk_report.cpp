#include "engine/disk_report.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/disk_use.h"
#include "engine/distribution.h"
#include "store/object_store.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// The objects that each result has, by its key.
std::map<ResultKey, std::vector<Hash>> objects_of_results(const ObjectHolders& holders) {
  std::map<ResultKey, std::vector<Hash>> objects;
  for (const auto& result : holders.results) objects.emplace(result.key, result.objects);
  return objects;
}

/// What is in the store, with what was fetched apart from what steps made and read.
void add_objects(const StateDirectory& state, History& history, DiskReport& report) {
  std::set<Hash> fetched;
  for (const auto& download : history.object_holders({}).downloads) fetched.insert(download.object);
  WorkerPool pool;
  DiskPart objects{.name = "objects", .amount = {}};
  DiskPart downloads{.name = "downloads", .amount = {}};
  for (const auto& stored : ObjectStore(state.objects(), state.scratch()).sizes(pool))
    (fetched.contains(stored.id) ? downloads : objects).amount.add(stored.disk_bytes);
  report.parts.push_back(objects);
  report.parts.push_back(downloads);
}

DiskPart folder_part(const char* name, const fs::path& folder) {
  DiskPart part{.name = name, .amount = {}};
  const auto look = stat_link(folder);
  if (!look || look->kind != FileKind::folder) return part;
  for (const auto& entry : list_names(folder)) part.amount.add(disk_use(folder / entry));
  return part;
}

}  // namespace

DiskReport disk_report(const StateDirectory& state, History& history) {
  DiskReport report;
  add_objects(state, history, report);
  report.parts.push_back(folder_part("logs", state.logs()));
  report.parts.push_back(folder_part("work", state.work()));
  report.parts.push_back(folder_part("cache", state.cache()));
  report.parts.push_back(folder_part("quarantine", state.quarantine()));
  report.parts.push_back(folder_part("trash", state.trash()));
  report.parts.push_back(folder_part("datastores", state.root / "datastores"));
  DiskPart database{.name = "database", .amount = {}};
  for (const char* ending : {"", "-wal", "-shm"})
    if (const fs::path file = state.database().native() + ending; stat_link(file))
      database.amount.add(disk_use(file));
  report.parts.push_back(database);
  report.parts.push_back({.name = "reserve", .amount = {}});
  if (stat_link(state.reserve())) report.parts.back().amount.add(disk_use(state.reserve()));
  report.total_bytes = disk_use(state.root);
  DiskPart other{.name = "other", .amount = {}};  // the folders themselves, locks
  std::uint64_t told = 0;
  for (const auto& part : report.parts) told += part.amount.bytes;
  if (report.total_bytes > told) other.amount.add(report.total_bytes - told);
  report.parts.push_back(other);
  std::erase_if(report.parts, [](const DiskPart& part) { return part.amount.count == 0; });
  std::stable_sort(
      report.parts.begin(), report.parts.end(),
      [](const DiskPart& a, const DiskPart& b) { return a.amount.bytes > b.amount.bytes; });
  return report;
}

std::vector<DiskShare> disk_shares(const StateDirectory& state, History& history, DiskOwner owner) {
  const auto key_of = [owner](const StepRunFiles& use) {
    return owner == DiskOwner::pipeline ? std::pair(use.pipeline, std::string())
           : owner == DiskOwner::step   ? std::pair(use.pipeline, use.step)
                                        : std::pair(use.pipeline, use.run_id);
  };
  const auto objects = objects_of_results(history.object_holders({}));
  std::map<std::pair<std::string, std::string>, std::pair<DiskShare, std::set<Hash>>> shares;
  for (const auto& use : history.files_of_step_runs()) {
    auto& [share, held] = shares[key_of(use)];
    std::tie(share.pipeline, share.name) = key_of(use);
    if (use.result)
      if (const auto found = objects.find(*use.result); found != objects.end())
        held.insert(found->second.begin(), found->second.end());
    for (const auto& file : use.logs) {
      share.log_bytes += disk_use(state.root / file);
      const auto others = rank_logs(state.root / file);
      if (file.ends_with(".stdout") && stat_link(others)) share.log_bytes += disk_use(others);
    }
  }
  std::map<Hash, std::size_t> owners;
  for (const auto& [key, value] : shares)
    for (const auto& id : value.second) ++owners[id];
  WorkerPool pool;
  std::map<Hash, std::uint64_t> sizes;
  for (const auto& stored : ObjectStore(state.objects(), state.scratch()).sizes(pool))
    sizes.emplace(stored.id, stored.disk_bytes);
  std::vector<DiskShare> sorted;
  for (auto& [key, value] : shares) {
    for (const auto& id : value.second)
      (owners[id] > 1 ? value.first.shared_bytes : value.first.own_bytes) += sizes[id];
    sorted.push_back(std::move(value.first));
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const DiskShare& a, const DiskShare& b) { return a.bytes() > b.bytes(); });
  return sorted;
}

}  // namespace mlpipe
