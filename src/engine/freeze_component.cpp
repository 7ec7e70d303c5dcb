#include "engine/freeze_component.h"

#include <utility>

#include "base/error.h"
#include "engine/registered_assets.h"
#include "engine/step_source.h"
#include "spec/read_component.h"
#include "spec/read_source.h"

namespace mlpipe {

FrozenComponent freeze_component(const std::filesystem::path& file, const Workspace& workspace,
                                 ObjectStore& store, StatCache& cache, WorkerPool& pool) {
  RegisteredAssets assets(workspace);
  auto read =
      read_component(file, {.workspace = &workspace, .assets = &assets, .to_be_frozen = true});
  FrozenComponent component{.record = {.kind = AssetKind::component},
                            .spec = {.file = read.file, .texts = {}, .sources = {}}};
  auto& record = component.record;
  record.name = std::move(read.name);
  record.version = std::move(read.version);
  record.type = std::move(read.type);
  record.display_name = std::move(read.display_name);
  record.description = std::move(read.description);
  record.tags = std::move(read.tags);
  component.spec.texts = std::move(read.texts);
  for (const auto& step : read.steps) {
    if (!step.sources->hash_paths.empty())
      throw Error(
          ErrorKind::invalid_file,
          located_error(step.location,
                        "a component with 'hash_paths' cannot be registered: what lies there "
                        "may change, and a registered version never does",
                        "put the files into the source directory"));
    if (step.sources->frozen || step.sources->is_empty()) continue;
    if (step.sources->is_file)
      component.spec.source_files.insert(step.sources->directory / step.sources->include.front());
    auto& hash = component.spec.sources[source_key(step)];
    if (hash == Hash{}) hash = store.add_source(source_of(step, {}), cache, pool).id;
  }
  return component;
}

}  // namespace mlpipe
