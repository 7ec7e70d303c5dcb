#include "store/known_manifests.h"

#include <utility>

namespace mlpipe {

std::shared_ptr<const ObjectManifest> KnownManifests::find(const Hash& id, const FileStat& file) {
  const std::lock_guard lock(mutex_);
  for (const Table* table : {&newer_, &older_})
    if (const auto found = table->find(id); found != table->end())
      return found->second.file.same_content_as(file) ? found->second.manifest : nullptr;
  return nullptr;
}

void KnownManifests::remember(const Hash& id, const FileStat& file,
                              std::shared_ptr<const ObjectManifest> manifest) {
  if (manifest->entries.size() > most_entries) return;
  const std::lock_guard lock(mutex_);
  if (newer_.size() >= half) older_ = std::exchange(newer_, {});
  newer_.insert_or_assign(id, Known{file, std::move(manifest)});
}

}  // namespace mlpipe
