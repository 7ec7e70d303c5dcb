#pragma once

#include "core/frozen_spec.h"
#include "core/workspace.h"
#include "spec/asset_source.h"

namespace mlpipe {

/// What a pipeline file may draw on besides the files that it names. All may be null: then there
/// are no datastores, nothing is registered, and files are read from the disk.
struct SpecContext {
  const Workspace* workspace = nullptr;
  AssetSource* assets = nullptr;
  /// The file's texts as they were, instead of those on the disk.
  const FrozenSpec* frozen = nullptr;
  /// What is read is to be kept as it is: references to what is registered must name a version, and
  /// sources must be known without values for inputs.
  bool to_be_frozen = false;
  /// What is read is not run: parameters and inputs of the pipeline may lack a value, and are
  /// marked as required then.
  bool may_lack_values = false;
};

}  // namespace mlpipe
