#include "engine/source_view.h"

#include <fmt/format.h>

#include <utility>

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

/// Of a relative path: it does not lead up.
bool is_below(const fs::path& path) { return !path.empty() && *path.begin() != ".."; }

}  // namespace

SourceView::SourceView(fs::path directory, std::vector<fs::path> added)
    : directory_(std::move(directory)), added_(std::move(added)) {
  if (!directory_.empty())
    for (const auto& name : list_names(directory_))
      add_link(directory_ / name, folder_.path() / name);
  for (const auto& path : added_) add_link(path, folder_.path() / path.filename());
}

SourceFolder SourceView::of(SourceFolder source) const {
  const auto moved = [this](const fs::path& path) {
    for (const auto& added : added_)
      if (const auto below = path.lexically_relative(added); is_below(below))
        return folder_.path() / added.filename() / below;
    const auto below = path.lexically_relative(directory_);
    return !directory_.empty() && is_below(below) ? folder_.path() / below : path;
  };
  for (auto& path : source.left_out) path = moved(path);
  for (auto& path : source.usually_left_out) path = moved(path);
  source.root = folder_.path();
  if (!source.include.empty())  // which is about the step's own sources
    for (const auto& path : added_) source.include.push_back(path.filename());
  return source;
}

}  // namespace mlpipe
