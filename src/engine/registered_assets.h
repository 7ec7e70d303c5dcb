#pragma once

#include <memory>

#include "core/workspace.h"
#include "engine/state_directory.h"
#include "spec/asset_source.h"

namespace mlpipe {

/// What the pipeline files of a workspace may refer to: its registry and its history. Only looks;
/// where nothing was ever run or registered, nothing is found.
///
/// While it lives gc leaves the objects that it named in the store, where that can be written. It
/// is to live until the run that uses them is recorded.
class RegisteredAssets final : public AssetSource {
 public:
  explicit RegisteredAssets(const Workspace& workspace);
  ~RegisteredAssets() override;
  RegisteredAssets(const RegisteredAssets&) = delete;
  RegisteredAssets& operator=(const RegisteredAssets&) = delete;

  [[nodiscard]] RegisteredComponent component(const AssetReference& reference) override;
  [[nodiscard]] RegisteredData data(const AssetReference& reference) override;
  [[nodiscard]] RegisteredData run_output(const RunOutputReference& reference) override;

 private:
  struct Opened;

  /// Null where there is no database. Opened when it is first asked: most files refer to nothing.
  [[nodiscard]] Opened* opened();

  StateDirectory state_;
  std::unique_ptr<Opened> opened_;
};

}  // namespace mlpipe
