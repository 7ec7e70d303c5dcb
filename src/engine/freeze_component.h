#pragma once

#include <filesystem>

#include "core/frozen_spec.h"
#include "registry/asset_record.h"
#include "store/object_store.h"

namespace mlpipe {

/// A component's file as it is now, with what the registry keeps of it.
struct FrozenComponent {
  AssetRecord record;  ///< Name, version, type and texts; kind `component`.
  FrozenSpec spec;
};

/// Read a component file and copy its sources into the store. Only a command component by itself:
/// the reader of the spec layer, which follows what a component refers to and checks its inputs and
/// commands, takes the place of this function once it can give its files and sources. Throws
/// Error(invalid_file) with every problem, Error(not_found).
[[nodiscard]] FrozenComponent freeze_component(const std::filesystem::path& file,
                                               ObjectStore& store, StatCache& cache,
                                               WorkerPool& pool);

}  // namespace mlpipe
