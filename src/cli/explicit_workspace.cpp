#include "cli/explicit_workspace.h"

#include <cstdlib>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

std::optional<fs::path> explicit_workspace(const Arguments& arguments) {
  std::string folder = arguments.workspace;
  if (folder.empty())
    if (const char* variable = std::getenv("MLPIPE_WORKSPACE"))  // NOLINT(*-mt-unsafe)
      folder = variable;
  if (folder.empty()) return std::nullopt;
  const auto look = stat_file(folder);
  if (!look || look->kind != FileKind::folder)
    fail(ErrorKind::not_found, "the workspace '{}' ({}) {}", printable(folder),
         arguments.workspace.empty() ? "of MLPIPE_WORKSPACE" : "of -C",
         look ? "is not a folder" : "does not exist");
  return fs::canonical(folder);
}

}  // namespace mlpipe
