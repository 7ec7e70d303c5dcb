#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "registry/asset_record.h"
#include "spec/problems.h"
#include "spec/yaml_document.h"

namespace mlpipe {

/// The map at the top of an asset's file, with its keys checked.
class AssetFields {
 public:
  /// Reports keys that are not `known`, and `root` if it is no map.
  AssetFields(const YamlValue* root, std::string_view what, std::vector<std::string> known,
              Problems& problems);

  /// Null if it is not there or empty.
  [[nodiscard]] const YamlValue* find(std::string_view key) const;
  /// The text of a scalar; "" if it is not there, or after a problem was reported.
  [[nodiscard]] std::string text(std::string_view key);
  /// A map from names to scalars, as written.
  [[nodiscard]] std::map<std::string, std::string> texts(std::string_view key);
  /// Where the key's value stands; of one that is not there, where the map begins.
  [[nodiscard]] Mark mark(std::string_view key) const;

  /// The keys that all kinds have: name, version, description, tags, properties. Names are checked.
  void read_common(AssetRecord& record);

 private:
  const YamlValue* root_;
  std::string what_;
  Problems& problems_;
};

}  // namespace mlpipe
