#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "base/work_time.h"
#include "store/hash_walk.h"
#include "store/object_manifest.h"
#include "store/object_store.h"
#include "store/source_walk.h"
#include "store/staging.h"
#include "store/tree_hash.h"
#include "store/walk.h"

// How contents get into the store. Everything is made ready in a folder of its own in scratch:
// `content/`, read-only, and `entries`. One rename of that folder makes the object.

namespace mlpipe {

namespace fs = std::filesystem;

/// What is ready to become an object, but for its permissions and manifest.
struct ObjectStore::Staged {
  fs::path folder;
  std::vector<TreeEntry> entries;
  FileKind kind = FileKind::folder;

  [[nodiscard]] fs::path content() const { return folder / "content"; }
};

namespace {

void make_content(const fs::path& folder) {
  if (::mkdir((folder / "content").c_str(), 0700) != 0)
    fail_errno(errno, fmt::format("cannot make a folder in '{}'", printable(folder.native())));
}

/// Something moved into the staging folder. Unless it was stored, it goes back where it was: it may
/// be days of work, and the disk may just be full.
class MovedIn {
 public:
  MovedIn() = default;
  ~MovedIn() {
    if (from_.empty()) return;
    if (is_folder_) ::chmod(to_.c_str(), 0700);
    ::rename(to_.c_str(), from_.c_str());
  }
  MovedIn(const MovedIn&) = delete;
  MovedIn& operator=(const MovedIn&) = delete;

  /// False if `from` is on another filesystem.
  bool move(const fs::path& from, const fs::path& to, bool is_folder) {
    // Moving a folder changes its "..".
    if (is_folder && ::chmod(from.c_str(), 0700) != 0)
      fail_errno(errno, fmt::format("cannot move '{}'", printable(from.native())));
    if (::rename(from.c_str(), to.c_str()) != 0) {
      if (errno == EXDEV) return false;
      fail_errno(errno, fmt::format("cannot move '{}' into the store", printable(from.native())));
    }
    from_ = from;
    to_ = to;
    is_folder_ = is_folder;
    return true;
  }

  void stored() { from_.clear(); }

 private:
  fs::path from_;
  fs::path to_;
  bool is_folder_ = false;
};

/// A file by itself, as an object holds it.
TreeEntry entry_of(const fs::path& path, const HashedFile& file) {
  return {.path = path.filename().native(),
          .kind = FileKind::file,
          .executable = file.look.executable,
          .size = file.bytes,
          .hash = file.hash,
          .link = {}};
}

std::vector<TreeEntry> stage_file(const fs::path& path, const fs::path& content, MovedIn& moved) {
  const auto look = stat_link(path);
  const bool ours = look && look->kind == FileKind::file;  // not what a link leads to
  const fs::path to = content / path.filename();
  const bool is_moved = ours && look->links == 1 && moved.move(path, to, false);
  const HashedFile file = is_moved ? hash_file(to, true) : copy_and_hash(path, to, ours);
  return {entry_of(path, file)};
}

std::vector<TreeEntry> stage_folder(const fs::path& path, const fs::path& content, MovedIn& moved) {
  const auto look = stat_link(path);
  const auto here = stat_file(content.parent_path());
  const bool ours = look && look->kind == FileKind::folder;  // not what a link leads to
  Walk walk = walk_tree(path, {.make_readable = ours});
  if (ours && here && look->dev == here->dev) {
    settle_in_place(walk);
    if (moved.move(path, content, true)) {
      walk.roots.front().place = content;
      std::vector<HashedFile> files;
      for (const auto& file : files_of(walk))
        files.push_back(hash_file(walk.place(*file.first, *file.second), true));
      return to_entries(walk, files);
    }
    walk = walk_tree(path, {.make_readable = ours});
  }
  make_content(content.parent_path());
  const std::vector<HashedFile> files = copy_tree(walk, content, nullptr, ours);
  return to_entries(walk, files);
}

/// All that is known of an object but its stat. Fills in the folders' hashes.
StoredObject describe_entries(FileKind kind, std::vector<TreeEntry>& entries) {
  StoredObject object;
  object.kind = kind;
  object.id = hash_tree(entries);
  object.content_hash = object.id;
  for (const auto& entry : entries) {
    if (entry.kind != FileKind::file) continue;
    ++object.files;
    object.bytes += entry.size;
  }
  if (kind == FileKind::file) {
    object.content_hash = entries.front().hash;
    object.executable = entries.front().executable;
    object.file_name = entries.front().path;
  }
  return object;
}

/// The hashes of all files of a walk, if the cache knows every one.
std::optional<std::vector<HashedFile>> remembered(Walk& walk, StatCache& cache) {
  std::vector<HashedFile> files;
  for (const auto& file : files_of(walk)) {
    const FileStat& look = file.second->look;
    const auto hash = cache.find(walk.place(*file.first, *file.second), look);
    if (!hash) return std::nullopt;
    files.push_back({.look = look, .hash = *hash, .bytes = look.size});
  }
  return files;
}

bool stood_still(Walk& walk, const std::vector<HashedFile>& files) {
  Contents seen;
  seen.looks = looks_of(walk, files);
  return !first_moved(seen);
}

}  // namespace

FileStat ObjectStore::complete(const Staged& staged, const Hash& id,
                               std::vector<TreeEntry>& entries) {
  const auto manifest = std::make_shared<const ObjectManifest>(seal(staged.content(), entries));
  const fs::path path = staged.folder / "entries";
  const Fd file = open_file(path, O_WRONLY | O_CREAT | O_TRUNC);
  write_all(file.get(), encode_object_manifest(*manifest), path);
  struct stat raw {};
  if (::fstat(file.get(), &raw) == 0) known_manifests_.remember(id, to_file_stat(raw), manifest);
  return manifest->root;
}

StoredObject ObjectStore::put(const Staged& staged) {
  std::vector<TreeEntry> entries = staged.entries;
  StoredObject object = describe_entries(staged.kind, entries);
  // Somebody else may put the same object there at any moment, or find it damaged.
  constexpr int most_tries = 100;
  const fs::path place = object_folder(object.id);
  std::optional<FileStat> ours;
  for (int i = 0; i < most_tries; ++i) {
    const auto there = stat_link(place);
    bool is_whole = false;
    try {
      is_whole = there && check(object.id) == ObjectState::intact;
    } catch (const Error& error) {
      const int number = error.error_number();
      const bool may_pass = number == EMFILE || number == ENFILE || number == ENOMEM;
      if (!error.is_machine_fault() || may_pass) throw;
      // It cannot be read, and the same is here: that takes its place.
      if (!ours) ours = complete(staged, object.id, entries);
      (void)quarantine(object.id, *there);
    }
    if (is_whole) {
      const auto look = current_stat(object.id);
      if (!look) continue;
      object.stat = *look;
      note_unflushed(object.id);  // whoever put it there may not have flushed it yet
      return object;
    }
    if (!ours) ours = complete(staged, object.id, entries);
    (void)mark_used(staged.folder);
    int error = ::rename(staged.folder.c_str(), place.c_str()) == 0 ? 0 : errno;
    if (error == ENOENT) {  // the first one of its kind
      make_folders(place.parent_path());
      error = ::rename(staged.folder.c_str(), place.c_str()) == 0 ? 0 : errno;
    }
    if (error == 0) {
      object.stat = *ours;
      note_unflushed(object.id);
      return object;
    }
    errno = error;
    if (errno != ENOTEMPTY && errno != EEXIST)
      fail_errno(errno, fmt::format("cannot store '{}'", printable(place.native())));
  }
  fail(ErrorKind::system,
       "cannot store '{}': it is replaced again and again; make sure that nothing else writes it, "
       "then run again",
       printable(place.native()));
}

namespace {

/// What there is to be stored; a link at `path` itself is followed.
FileStat look_at(const fs::path& path) {
  const auto look = stat_file(path);
  if (!look) {
    if (stat_link(path))
      fail(ErrorKind::invalid_file, "the link '{}' leads nowhere", printable(path.native()));
    fail(ErrorKind::not_found, "there is no '{}'", printable(path.native()));
  }
  if (look->kind == FileKind::other)
    fail(ErrorKind::invalid_file, "'{}' is neither a file nor a folder (a FIFO, socket or device)",
         printable(path.native()));
  return *look;
}

/// Somebody may be saving files just now: one who saves without end is told. `work` gives nothing
/// if what it copied moved meanwhile.
template <class Work>
StoredObject until_it_stands_still(const fs::path& path, const Work& work) {
  constexpr int most_tries = 10;
  constexpr int most_failures = 3;  // a file that goes away while the folder is walked
  for (int i = 0; i < most_tries; ++i) {
    try {
      if (auto object = work()) return *object;
    } catch (const Error&) {
      if (i + 1 >= most_failures) throw;
    }
  }
  fail(ErrorKind::system,
       "'{}' was changed each time it was copied: wait until it is complete, then run again",
       printable(path.native()));
}

}  // namespace

StoredObject ObjectStore::add_output(const fs::path& path) {
  const WorkTimer timer(Work::storing);
  const FileKind kind = look_at(path).kind;
  const TemporaryFolder folder(scratch_);
  Staged staged{.folder = folder.path(), .entries = {}, .kind = kind};
  MovedIn moved;
  if (kind == FileKind::file) {
    make_content(staged.folder);
    staged.entries = stage_file(path, staged.content(), moved);
  } else {
    staged.entries = stage_folder(path, staged.content(), moved);
  }
  StoredObject object = put(staged);
  moved.stored();
  remove_tree(path);
  return object;
}

StoredObject ObjectStore::add_written(const fs::path& folder, FileKind kind,
                                      std::vector<TreeEntry> entries) {
  const WorkTimer timer(Work::storing);
  return put({.folder = folder, .entries = std::move(entries), .kind = kind});
}

StoredObject ObjectStore::add_source(const SourceFolder& source, StatCache& cache,
                                     WorkerPool& pool) {
  const WorkTimer timer(Work::storing);
  const bool is_added_only = source.root.empty() && !source.added.empty();
  return until_it_stands_still(is_added_only ? source.added.front() : source.root,
                               [&] { return try_add(walk_source(source, pool), cache, pool); });
}

StoredObject ObjectStore::add_copy(const fs::path& path, StatCache& cache, WorkerPool& pool) {
  const WorkTimer timer(Work::storing);
  if (look_at(path).kind == FileKind::folder)
    return until_it_stands_still(
        path, [&] { return try_add(walk_tree(path, {.pool = &pool}), cache, pool); });
  const TemporaryFolder folder(scratch_);
  make_content(folder.path());
  Staged staged{.folder = folder.path(), .entries = {}, .kind = FileKind::file};
  staged.entries = {entry_of(path, copy_and_hash(path, staged.content() / path.filename()))};
  return put(staged);
}

/// Nothing if what was walked moved meanwhile.
std::optional<StoredObject> ObjectStore::try_add(Walk walk, StatCache& cache, WorkerPool& pool) {
  if (const auto known = remembered(walk, cache)) {
    std::vector<TreeEntry> entries = to_entries(walk, *known);
    StoredObject object = describe_entries(FileKind::folder, entries);
    const auto look = current_stat(object.id);
    if (look && stat_link(object_folder(object.id) / "entries") &&
        mark_used(object_folder(object.id))) {
      if (!stood_still(walk, *known)) return std::nullopt;
      object.stat = *look;
      return object;
    }
  }
  std::vector<std::int64_t> began_ns;
  const auto places = files_of(walk);
  for (const auto& file : places)
    began_ns.push_back(cache.now_for(walk.place(*file.first, *file.second), file.second->look.dev));
  const TemporaryFolder folder(scratch_);
  make_content(folder.path());
  Staged staged{.folder = folder.path(), .entries = {}, .kind = FileKind::folder};
  const std::vector<HashedFile> files = copy_tree(walk, staged.content(), &pool, false);
  if (!stood_still(walk, files)) return std::nullopt;
  for (std::size_t i = 0; i < files.size(); ++i)
    cache.remember(walk.place(*places[i].first, *places[i].second), files[i].look, files[i].hash,
                   began_ns[i]);
  staged.entries = to_entries(walk, files);
  return put(staged);
}

StoredObject ObjectStore::describe(const Hash& id, FileKind kind) const {
  auto entries = this->entries(id);
  if (kind == FileKind::file && (entries.size() != 1 || entries.front().kind != FileKind::file))
    fail(ErrorKind::system, "the object {} is not one file", id.hex());
  auto object = describe_entries(kind, entries);
  const auto stat = current_stat(id);
  if (!stat || object.id != id)
    fail(ErrorKind::not_found, "the object {} is not in the store", id.hex());
  object.stat = *stat;
  return object;
}

}  // namespace mlpipe
