#include "cli/opened_endpoints.h"

#include "base/error.h"
#include "base/text.h"
#include "cli/explicit_workspace.h"
#include "engine/opened_pipeline.h"

namespace mlpipe {

namespace {

Workspace used_workspace(const Arguments& arguments) {
  auto workspace = chosen_workspace(arguments);
  if (!StateDirectory{workspace.state_directory}.exists())
    fail(ErrorKind::not_found,
         "there is no endpoint '{}': nothing is published in the workspace '{}'; `mlpipe publish "
         "SPEC --endpoint NAME` does that, -C DIR chooses another workspace",
         printable(arguments.endpoint), printable(workspace.root.native()));
  return workspace;
}

}  // namespace

Workspace chosen_workspace(const Arguments& arguments) {
  const auto chosen = explicit_workspace(arguments);
  return open_workspace(chosen, chosen ? *chosen : std::filesystem::current_path());
}

OpenedEndpoints::OpenedEndpoints(const Arguments& arguments, Database::Mode mode)
    : workspace(used_workspace(arguments)),
      state{workspace.state_directory},
      history(state.database(), mode),
      endpoints(history),
      submissions(history) {}

}  // namespace mlpipe
