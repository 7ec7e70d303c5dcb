#pragma once

#include <filesystem>

#include "core/frozen_spec.h"
#include "core/workspace.h"
#include "registry/asset_record.h"
#include "store/object_store.h"

namespace mlpipe {

/// A component's file as it is now, with what the registry keeps of it.
struct FrozenComponent {
  AssetRecord record;  ///< Name, version, type and texts; kind `component`.
  FrozenSpec spec;
};

/// Read a component file with all that it refers to, check it, and copy its sources into the store.
/// What it refers to by `azureml:NAME` stays a reference. Throws Error(invalid_file) with every
/// problem, Error(not_found).
[[nodiscard]] FrozenComponent freeze_component(const std::filesystem::path& file,
                                               const Workspace& workspace, ObjectStore& store,
                                               StatCache& cache, WorkerPool& pool);

}  // namespace mlpipe
