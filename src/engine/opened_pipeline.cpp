#include "engine/opened_pipeline.h"

#include <fmt/format.h>

#include <map>

#include "base/memory.h"
#include "base/text.h"
#include "engine/compiled_pipeline.h"
#include "spec/read_workspace.h"

namespace mlpipe {

namespace fs = std::filesystem;

Workspace open_workspace(const std::optional<fs::path>& explicit_root, const fs::path& start) {
  return read_workspace(find_workspace_root(fs::absolute(start).lexically_normal(), explicit_root));
}

OpenedPipeline::OpenedPipeline(const Request& request)
    : recorded(request.recorded),
      workspace(open_workspace(request.workspace, fs::absolute(request.spec_file).parent_path())),
      assets(workspace, request.recorded ? request.recorded->asked.versions : AssetVersions()),
      pipeline(remember_or_read(request)),
      places(pipeline, workspace, request.everything_local),
      graph(pipeline),
      caller(own_environment()) {
  std::map<const void*, Shared<StepSettings>> settled;  // for the steps that share them, too
  for (auto& step : pipeline.steps) {
    if (step.settings->isolation || workspace.isolation == Isolation::none) continue;
    auto& settings = settled[step.settings.identity()];
    if (!settings->isolation) {
      settings = step.settings;
      settings.edit().isolation = workspace.isolation;
    }
    step.settings = settings;
  }
}

/// After all members before `pipeline`.
Pipeline OpenedPipeline::remember_or_read(const Request& request) {
  if (request.key)
    if (auto compiled = find_compiled_pipeline({workspace.state_directory}, *request.key)) {
      was_compiled = true;
      return std::move(*compiled);
    }
  auto read = read_pipeline(request.spec_file, request.overrides,
                            {.workspace = &workspace,
                             .assets = &assets,
                             .frozen = request.recorded ? &request.recorded->asked.spec : nullptr,
                             .may_lack_values = request.may_lack_values});
  give_back_freed_memory();  // reading takes several times of what stays
  return read;
}

std::vector<std::string> OpenedPipeline::notices() const {
  std::vector<std::string> all = workspace.warnings;
  if (recorded)
    all.push_back(fmt::format(
        "note: '{}' and the code are taken as they were in {}; data inputs{} as they are now",
        printable(pipeline.file.filename().string()), recorded->origin,
        recorded->asked.spec.inputs.empty() ? " and hash_paths"
                                            : " that were not frozen, and hash_paths,"));
  all.insert(all.end(), pipeline.warnings.begin(), pipeline.warnings.end());
  all.insert(all.end(), places.notices().begin(), places.notices().end());
  return all;
}

}  // namespace mlpipe
