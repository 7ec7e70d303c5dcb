#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/asset.h"
#include "core/run.h"

namespace mlpipe {

/// A registered version's row; only Registry makes them.
struct AssetKey {
  std::int64_t value = 0;
  auto operator<=>(const AssetKey&) const = default;
};

/// One version of something registered. What it is never changes; only `archived` does.
struct AssetRecord {
  AssetKey key;
  AssetKind kind = AssetKind::data;
  std::string name;
  std::string version;  ///< Empty before it is registered: the next one.
  std::string type;     ///< "uri_folder", "mlflow_model", a component's "command"; else empty.
  std::string display_name;
  std::string description;
  std::map<std::string, std::string> tags;
  std::map<std::string, std::string> properties;
  TimePoint created{};
  TimePoint archived{};  ///< Unset: it is not.

  StepRunKey creator;  ///< The step run whose output it is; 0: none.
  std::string run_id;  ///< Of the creator; filled in where it is read.
  std::string step;

  /// A component: a FrozenSpec, encoded. An environment: JSON, as engine/asset_file.h
  /// says. Else empty.
  std::string definition;
  /// Where it lies (data), or where it was when it was registered; absolute, maybe empty. Of data
  /// also `azureml://datastores/…`, which is looked up when it is used, or a web address.
  std::filesystem::path path;
  /// Of what is at `path`, or of what is stored; of an address, which nobody fetched, its own.
  std::optional<Hash> content;
  std::uint64_t bytes = 0;
  std::uint64_t files = 0;
  /// The content in the store, which gc leaves there; by the name of the output that it was.
  std::optional<OutputRecord> stored;
  /// Further objects of the store that it needs: the sources of a component.
  std::vector<Hash> sources;

  [[nodiscard]] bool is_archived() const { return archived != TimePoint{}; }
  /// "iris:1"
  [[nodiscard]] std::string id() const { return name + ":" + version; }
};

}  // namespace mlpipe
