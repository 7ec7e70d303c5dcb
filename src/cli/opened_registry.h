#pragma once

#include <optional>
#include <string>

#include "cli/arguments.h"
#include "core/workspace.h"
#include "engine/state_directory.h"
#include "registry/registry.h"

namespace mlpipe {

/// The registry of the workspace that a command is about.
struct OpenedRegistry {
  OpenedRegistry(Workspace opened_workspace, Database::Mode mode);

  Workspace workspace;
  StateDirectory state;
  History history;
  Registry registry;
};

/// Nothing is put into `opened` if nothing was ever run or registered in the workspace.
void open_registry(std::optional<OpenedRegistry>& opened, const Arguments& arguments,
                   Database::Mode mode);

/// The same for a command that names something registered, which is not there then: throws
/// Error(not_found) that says so.
void open_registry_of(std::optional<OpenedRegistry>& opened, AssetKind kind,
                      const Arguments& arguments, Database::Mode mode);

/// What the command line names: NAME, NAME:VERSION, NAME@LABEL, or --name with --version or
/// --label. Throws Error(usage) for anything else.
[[nodiscard]] AssetReference reference_of(AssetKind kind, const Arguments& arguments);

}  // namespace mlpipe
