#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/state_directory.h"
#include "store/object_store.h"
#include "store/store_users.h"

namespace mlpipe {

/// Uses a workspace's store while something is copied out of it, which gc does not take meanwhile.
/// Where nothing can be written, nobody collects.
struct StoreUse {
  explicit StoreUse(const StateDirectory& state);

  std::optional<StoreUsers> users;
  std::int64_t begun_ns = 0;
};

/// Copy an object's content into the folder `destination`, which is made if need be. Throws
/// Error(usage), with nothing copied, if something is there already under one of its names.
/// Returns the folder, absolute.
std::filesystem::path copy_out(const ObjectStore& store, const Hash& object,
                               const std::string& destination);

}  // namespace mlpipe
