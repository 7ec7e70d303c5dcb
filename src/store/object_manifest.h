#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "store/tree_entry.h"

namespace mlpipe {

/// One entry of an object, and what it looked like after its last change.
struct ManifestEntry {
  TreeEntry entry;
  FileStat look;
};

/// An object's `entries` file. The format is described in object_manifest.cpp.
struct ObjectManifest {
  FileStat root;                       ///< Of the content folder.
  std::vector<ManifestEntry> entries;  ///< Parents before children, names sorted by bytes.
};

[[nodiscard]] std::string encode_object_manifest(const ObjectManifest& manifest);

/// Nothing if the bytes are not a whole manifest.
[[nodiscard]] std::optional<ObjectManifest> decode_object_manifest(std::string_view bytes);

}  // namespace mlpipe
