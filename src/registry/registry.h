#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "history/history.h"
#include "registry/asset_record.h"

namespace mlpipe {

/// What came of registering something.
struct RegisteredAsset {
  AssetRecord record;
  bool made = true;  ///< False: this version was there already, and equal.
};

/// Components, data, environments and models under names and versions that never change; in the
/// history's database (schema_migrations.cpp), so what is registered can be one transaction with a
/// result. Writes outside of a batch of the history are one transaction each.
class Registry {
 public:
  /// `history` outlives this object.
  explicit Registry(History& history) : history_(history) {}

  /// Throws Error(usage) if the name, the version (if there is one) or the label (if there is one)
  /// cannot be one. add() asks it too.
  static void check_names(const AssetRecord& asset, const std::string& label);

  /// Register a version: the given one, or the next if none is given. An equal one that exists
  /// already is fine. `label`: names this version from now on; may be empty. Throws Error(usage)
  /// for a bad name, version or label, and if that version exists and is another one; then nothing
  /// is written.
  RegisteredAsset add(AssetRecord asset, const std::string& label = {});
  /// The same, but without a given version a new one is made only if the content differs from the
  /// newest one's.
  RegisteredAsset add_if_changed(AssetRecord asset);

  /// The version that a reference means: the given one, also if it is archived; the one that a
  /// label names, where `latest` is the newest that is not archived. Of a name alone, for
  /// components: the one labelled `default`, else, if all are semantic versions, the highest, else
  /// the newest; of the other kinds the newest. Throws Error(not_found), with what there is
  /// instead.
  [[nodiscard]] AssetRecord get(AssetKind kind, const AssetReference& reference);
  /// The same; nothing if no version of that name was ever registered.
  [[nodiscard]] std::optional<AssetRecord> find(AssetKind kind, const AssetReference& reference);

  /// The newest first.
  [[nodiscard]] std::vector<AssetRecord> versions_of(AssetKind kind, std::string_view name,
                                                     bool with_archived);
  /// The newest version of each name, by name.
  [[nodiscard]] std::vector<AssetRecord> newest_of_each(AssetKind kind, bool with_archived);
  /// Sorted, also of those that are archived.
  [[nodiscard]] std::vector<std::string> names(AssetKind kind);
  /// The labels that name this version, `latest` among them; sorted.
  [[nodiscard]] std::vector<std::string> labels_of(const AssetRecord& asset);

  /// Archive a version, or all of the name if `version` is empty, or restore them. Gives those that
  /// were not so before. Throws Error(not_found).
  std::vector<AssetRecord> set_archived(AssetKind kind, const std::string& name,
                                        const std::string& version, bool archived);

 private:
  [[nodiscard]] AssetRecord insert(AssetRecord asset);
  void set_label(const AssetRecord& asset, const std::string& label);
  [[nodiscard]] std::optional<AssetRecord> version(AssetKind kind, std::string_view name,
                                                   std::string_view version);
  [[nodiscard]] std::optional<AssetRecord> labelled(AssetKind kind, std::string_view name,
                                                    std::string_view label);
  [[nodiscard]] std::string known_text(AssetKind kind, const std::string& name);

  History& history_;
};

}  // namespace mlpipe
