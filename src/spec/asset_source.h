#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/hash.h"
#include "core/asset.h"
#include "core/frozen_spec.h"
#include "core/pipeline.h"

namespace mlpipe {

/// A component under the name and version that a reference led to.
struct RegisteredComponent {
  std::string name;
  std::string version;
  FrozenSpec spec;
};

/// Data or a model under the name and version that a reference led to, or an output of a run.
struct RegisteredData {
  std::string asset;  ///< "NAME:VERSION", or what names the run's output.
  DataType type = DataType::uri_folder;
  /// Absolute; or as it was registered, `azureml://datastores/…` or a web address.
  std::filesystem::path path;
  std::optional<Hash>
      content;  ///< What it was when it was registered; nothing if it cannot change.
};

/// What pipeline files refer to by name: the registry and the outputs of earlier runs. Each
/// function throws Error(not_found) with a sentence that says what there is instead.
class AssetSource {
 public:
  AssetSource() = default;
  AssetSource(const AssetSource&) = delete;
  AssetSource& operator=(const AssetSource&) = delete;
  virtual ~AssetSource() = default;

  [[nodiscard]] virtual RegisteredComponent component(const AssetReference& reference) = 0;
  /// A data asset or a model: a model's name is looked for among the models if there is no such
  /// data.
  [[nodiscard]] virtual RegisteredData data(const AssetReference& reference) = 0;
  [[nodiscard]] virtual RegisteredData run_output(const RunOutputReference& reference) = 0;
};

}  // namespace mlpipe
