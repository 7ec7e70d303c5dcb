#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/workspace.h"
#include "registry/registry.h"

namespace mlpipe {

/// What is to be registered: by a file, by options, or both, where the options win.
struct AssetRequest {
  AssetKind kind = AssetKind::data;
  std::optional<std::filesystem::path> file;
  std::string name;
  std::string version;
  std::string type;
  std::string description;
  std::map<std::string, std::string> tags;
  std::string path;  ///< As written; relative ones count from `folder`. Of an environment: a build.
  std::filesystem::path folder;
  std::string image;
  std::optional<std::filesystem::path> conda_file;
  std::string dockerfile;  ///< Below the build's folder.
  std::string label;       ///< Names the version from now on.
};

/// What was registered, with all labels that name it.
struct CreatedAsset {
  RegisteredAsset registered;
  std::vector<std::string> labels;
};

/// Register it. Models, and the sources of components, are copied into the store and on disk before
/// they are recorded; data stays where it is. The state directory is made if there is none. Throws
/// Error(usage), Error(invalid_file) or Error(not_found) for what the user must mend.
[[nodiscard]] CreatedAsset create_asset(const AssetRequest& request, const Workspace& workspace);

}  // namespace mlpipe
