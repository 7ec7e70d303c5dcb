#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/workspace.h"
#include "engine/state_directory.h"
#include "spec/asset_source.h"

namespace mlpipe {

/// Versions by what refers to them without saying one: "component prep@latest", "data
/// iris"; and the ids of runs: "run latest".
using AssetVersions = std::map<std::string, std::string>;

/// What the pipeline files of a workspace may refer to: its registry and its history. Only looks;
/// where nothing was ever run or registered, nothing is found.
///
/// While it lives gc leaves the objects that it named in the store, where that can be written. It
/// is to live until the run that uses them is recorded.
class RegisteredAssets final : public AssetSource {
 public:
  /// `workspace` outlives this object. `versions`: what such references led to in the run that is
  /// repeated; they do so again.
  explicit RegisteredAssets(const Workspace& workspace, AssetVersions versions = {});
  ~RegisteredAssets() override;
  RegisteredAssets(const RegisteredAssets&) = delete;
  RegisteredAssets& operator=(const RegisteredAssets&) = delete;

  [[nodiscard]] RegisteredComponent component(const AssetReference& reference) override;
  [[nodiscard]] RegisteredData data(const AssetReference& reference) override;
  [[nodiscard]] RegisteredData run_output(const RunOutputReference& reference) override;

  /// Whether anything was asked of it that is answered by what is registered or recorded.
  [[nodiscard]] bool was_asked() const { return opened_ != nullptr || !versions_.empty(); }

  /// Those given, and what was found since.
  [[nodiscard]] const AssetVersions& versions() const { return versions_; }

 private:
  struct Opened;

  /// With the version that it led to before, if it says none.
  [[nodiscard]] AssetReference as_before(const char* what, const AssetReference& reference) const;
  void keep_version(const char* what, const AssetReference& reference, const std::string& version);

  /// Null where there is no database. Opened when it is first asked: most files refer to nothing.
  [[nodiscard]] Opened* opened();

  const Workspace& workspace_;
  StateDirectory state_;
  std::unique_ptr<Opened> opened_;
  AssetVersions versions_;
};

}  // namespace mlpipe
