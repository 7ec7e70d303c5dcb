#include "store/source_walk.h"

#include <deque>
#include <utility>

#include "base/file.h"
#include "store/source_filter.h"

namespace mlpipe {

namespace {

/// An added folder as a source of its own.
SourceFolder source_of_added(const std::filesystem::path& folder, const SourceFolder& source) {
  return {.root = folder,
          .include = {},
          .added = {},
          .left_out = source.left_out,
          .usually_left_out = source.usually_left_out,
          .run_id_letters = source.run_id_letters,
          .run_id_length = source.run_id_length};
}

}  // namespace

Walk walk_source(const SourceFolder& source, WorkerPool& pool) {
  std::deque<SourceFilter> filters;
  std::vector<WalkRoot> roots = {{.place = source.root, .name = {}}};
  if (!source.root.empty()) roots.front().filter = &filters.emplace_back(source);
  for (const auto& path : source.added) {
    WalkRoot root{.place = path, .name = path.filename()};
    if (IgnoreRules::never_taken(root.name)) continue;
    const auto look = stat_file(path);
    if (look && look->kind == FileKind::folder)
      root.filter = &filters.emplace_back(source_of_added(path, source));
    roots.push_back(std::move(root));
  }
  return walk_roots(std::move(roots), {.pool = &pool});
}

}  // namespace mlpipe
