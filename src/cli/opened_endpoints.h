#pragma once

#include "cli/arguments.h"
#include "core/workspace.h"
#include "engine/state_directory.h"
#include "registry/endpoints.h"
#include "registry/submissions.h"

namespace mlpipe {

/// The endpoints of the workspace that a command is about. Throws Error(not_found) if nothing was
/// ever run or published in it.
struct OpenedEndpoints {
  OpenedEndpoints(const Arguments& arguments, Database::Mode mode);

  Workspace workspace;
  StateDirectory state;
  History history;
  Endpoints endpoints;
  Submissions submissions;
};

/// The workspace of -C, of MLPIPE_WORKSPACE, else of the current directory.
[[nodiscard]] Workspace chosen_workspace(const Arguments& arguments);

}  // namespace mlpipe
