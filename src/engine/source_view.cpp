#include "engine/source_view.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

void add_link(const fs::path& to, const fs::path& at) {
  std::error_code error;
  fs::create_symlink(to, at, error);
  if (error == std::errc::file_exists)
    fail(ErrorKind::invalid_file,
         "'{}' cannot be put beside the sources: there is something else with that name",
         printable(to.native()));
  if (error)
    fail(ErrorKind::system, "cannot make the link '{}': {}", printable(at.native()),
         error.message());
}

}  // namespace

SourceView::SourceView(const fs::path& directory, const std::vector<fs::path>& added)
    : directory_(directory) {
  if (!directory.empty())
    for (const auto& name : list_names(directory))
      add_link(directory / name, folder_.path() / name);
  for (const auto& path : added) add_link(path, folder_.path() / path.filename());
}

SourceFolder SourceView::of(SourceFolder source) const {
  const auto moved = [this](const fs::path& path) {
    const auto below = path.lexically_relative(directory_);
    const bool inside = !directory_.empty() && !below.empty() && *below.begin() != "..";
    return inside ? folder_.path() / below : path;
  };
  for (auto& path : source.left_out) path = moved(path);
  for (auto& path : source.usually_left_out) path = moved(path);
  source.root = folder_.path();
  return source;
}

}  // namespace mlpipe
