#pragma once

#include <filesystem>
#include <string>

#include "core/pipeline.h"
#include "registry/asset_record.h"

namespace mlpipe {

/// What the YAML file of `az ml data|model|environment create -f FILE` says.
///
/// An environment's definition is a JSON object of texts: `image`, `conda_file` (the text of the
/// file), `dockerfile_path` (below the build context, which is `path`), `os_type`.
struct DescribedAsset {
  AssetRecord record;  ///< Name, version, type, texts, an environment's definition.
  std::string path;    ///< As written: of data, of a model, of a build context. Maybe empty.
  std::filesystem::path folder;  ///< Relative paths count from here.
  SpecLocation path_location;    ///< Line 0: `path` was not in a file.
};

/// Read and check a file; not a component's (freeze_component.h). What its paths lead to is not
/// looked at, but for a `conda_file`. Throws Error(invalid_file) with every problem.
[[nodiscard]] DescribedAsset read_asset_file(AssetKind kind, const std::filesystem::path& file);

/// An environment's definition with these parts; throws Error(usage) if they make none.
struct EnvironmentParts {
  std::string image;
  std::string conda_file;  ///< The text.
  std::string build_path;  ///< As written.
  std::string dockerfile_path;
  std::string os_type;
};
[[nodiscard]] std::string environment_definition(const EnvironmentParts& parts);
/// Why these parts make no environment; "" if they do.
[[nodiscard]] std::string environment_problem(const EnvironmentParts& parts);
/// The text of a conda file. Throws Error(not_found) or Error(invalid_file).
[[nodiscard]] std::string read_conda_file(const std::filesystem::path& file);

}  // namespace mlpipe
