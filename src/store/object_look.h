#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/worker_pool.h"
#include "store/object_manifest.h"

namespace mlpipe {

/// The manifest beside an object's content; nothing if it is missing or not whole.
[[nodiscard]] std::optional<ObjectManifest> read_manifest(const std::filesystem::path& object);

/// Whether it is the manifest of this object, and not of one whose folder was given its name.
[[nodiscard]] bool describes(const ObjectManifest& manifest, const Hash& id);

/// Whether everything looks as when the manifest was written.
[[nodiscard]] bool looks_untouched(const std::filesystem::path& content,
                                   const ObjectManifest& manifest);

/// The entries of an object's content as they are now. Only what does not look as when the manifest
/// was written is hashed again; without a manifest, everything. `pool` may be null.
[[nodiscard]] std::vector<TreeEntry> read_again(const std::filesystem::path& content,
                                                const ObjectManifest* manifest, WorkerPool* pool);

/// What is said of an object that a fault of the machine keeps from being read.
[[nodiscard]] std::string fault_text(const std::filesystem::path& object, const Error& error);

}  // namespace mlpipe
