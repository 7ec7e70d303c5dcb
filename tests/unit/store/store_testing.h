#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/worker_pool.h"
#include "store/contents.h"
#include "store/object_store.h"
#include "store/stat_cache.h"

namespace mlpipe {

/// Write a file, with the folders above it.
inline void put_file(const std::filesystem::path& path, std::string_view text) {
  make_folders(path.parent_path());
  const Fd fd = open_file(path, O_WRONLY | O_CREAT | O_TRUNC);
  write_all(fd.get(), text, path);
}

inline void put_link(const std::filesystem::path& path, const std::filesystem::path& text) {
  make_folders(path.parent_path());
  std::filesystem::create_symlink(text, path);
}

inline void set_mode(const std::filesystem::path& path, mode_t mode) {
  if (::chmod(path.c_str(), mode) != 0) throw std::runtime_error("chmod " + path.string());
}

inline mode_t mode_of(const std::filesystem::path& path) {
  struct stat raw {};
  if (::lstat(path.c_str(), &raw) != 0) throw std::runtime_error("lstat " + path.string());
  return raw.st_mode & 07777U;
}

/// Put a file's mtime where it was: what `cp -p` and `rsync -t` do.
inline void set_mtime(const std::filesystem::path& path, std::int64_t mtime_ns) {
  const struct timespec times[2] = {{0, UTIME_OMIT},
                                    {mtime_ns / 1'000'000'000, mtime_ns % 1'000'000'000}};
  if (::utimensat(AT_FDCWD, path.c_str(), times, 0) != 0)
    throw std::runtime_error("utimensat " + path.string());
}

/// The paths and kinds of a tree's entries: "a f", "b d", "b/l -> ../a".
inline std::vector<std::string> shape(const std::vector<TreeEntry>& entries) {
  std::vector<std::string> lines;
  for (const auto& entry : entries) {
    std::string line = entry.path;
    if (entry.kind == FileKind::folder) line += '/';
    if (entry.kind == FileKind::link) line += " -> " + entry.link;
    if (entry.executable) line += '*';
    lines.push_back(line);
  }
  return lines;
}

/// A cache, a pool and a folder to play in.
struct Playground {
  TemporaryFolder folder;
  StatCache cache{folder.path() / "cache.bin"};
  WorkerPool pool{2};

  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
    return folder.path() / name;
  }
  Contents hash(const std::filesystem::path& path) { return hash_contents(path, cache, pool); }
  Contents source(const std::filesystem::path& root) {
    return hash_source({.root = root, .include = {}, .left_out = {}}, cache, pool);
  }
  std::vector<std::string> source_shape(const std::filesystem::path& root) {
    return shape(source(root).entries);
  }
};

using Lines = std::vector<std::string>;

/// A store and a place where steps work, on one filesystem.
struct StoreWorld : Playground {
  ObjectStore store{folder.path() / "objects", folder.path() / "scratch"};

  StoredObject add_file(const std::string& name, std::string_view text) {
    put_file(*this / ("work/" + name), text);
    return store.add_output(*this / ("work/" + name));
  }
  StoredObject add_source(const std::filesystem::path& root) {
    return store.add_source({.root = root, .include = {}, .left_out = {}}, cache, pool);
  }
  /// The objects' names that can be seen.
  Lines visible() {
    Lines ids;
    for (const auto& shard : list_names(*this / "objects"))
      for (auto& id : list_names(folder.path() / "objects" / shard)) ids.push_back(std::move(id));
    return ids;
  }
  bool scratch_is_empty() { return list_names(*this / "scratch").empty(); }
};

inline std::filesystem::path file_of(const StoreWorld& space, const StoredObject& object) {
  return space.store.content_folder(object.id) / object.file_name;
}

/// Overwrite in place, as root can whatever the permissions.
inline void damage(const std::filesystem::path& path, std::string_view text) {
  const mode_t mode = mode_of(path);
  const auto mtime = stat_file(path)->mtime_ns;
  set_mode(path, 0600);
  put_file(path, text);
  set_mode(path, mode);
  set_mtime(path, mtime);
}

}  // namespace mlpipe
