#include "store/contents.h"

#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "base/work_time.h"
#include "store/file_hash.h"
#include "store/hash_walk.h"
#include "store/source_walk.h"
#include "store/tree_hash.h"
#include "store/walk.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

Contents contents_of(Walk walk, StatCache& cache, WorkerPool& pool) {
  const std::vector<HashedFile> files = hash_files(walk, cache, pool);
  Contents contents;
  contents.kind = FileKind::folder;
  contents.entries = to_entries(walk, files);
  contents.hash = hash_tree(contents.entries);
  contents.looks = looks_of(walk, files);
  for (const auto& folder : walk.folders)
    for (const auto& item : folder.items)
      if (item.replaced && item.look.kind != FileKind::link)
        contents.followed.push_back(walk.place(folder, item));
  for (const auto& file : files) contents.bytes += file.bytes;
  return contents;
}

}  // namespace

Contents hash_contents(const fs::path& path, StatCache& cache, WorkerPool& pool) {
  const auto look = stat_file(path);
  if (!look) {
    if (stat_link(path))
      fail(ErrorKind::invalid_file, "the link '{}' leads nowhere", printable(path.native()));
    fail(ErrorKind::not_found, "there is no '{}'", printable(path.native()));
  }
  if (look->kind == FileKind::folder)
    return contents_of(walk_tree(path, {.pool = &pool}), cache, pool);
  if (look->kind != FileKind::file)
    fail(ErrorKind::invalid_file, "'{}' is neither a file nor a folder (a FIFO, socket or device)",
         printable(path.native()));
  const HashedFile file = hash_remembered(path, *look, cache);
  Contents contents;
  contents.kind = FileKind::file;
  contents.executable = file.look.executable;
  contents.hash = file.hash;
  contents.bytes = file.bytes;
  contents.looks.emplace_back(path, file.look);
  return contents;
}

Contents hash_source(const SourceFolder& source, StatCache& cache, WorkerPool& pool) {
  return contents_of(walk_source(source, pool), cache, pool);
}

std::optional<fs::path> first_moved(const Contents& contents) {
  const WorkTimer timer(Work::looking);
  for (const auto& look : contents.looks) {
    const auto now = stat_file(look.first);
    if (!now || now->kind != look.second.kind || now->executable != look.second.executable ||
        !now->same_content_as(look.second))
      return look.first;
  }
  return std::nullopt;
}

}  // namespace mlpipe
