#include "store/object_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/look_recorder.h"
#include "base/text.h"
#include "base/work_time.h"
#include "store/object_look.h"
#include "store/staging.h"
#include "store/tree_hash.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

/// An object may go into quarantine at any time: what fails for that is nobody's failure.
template <class Work>
void unless_gone(const fs::path& path, const Work& work) {
  try {
    work();
  } catch (const Error&) {
    if (stat_link(path)) throw;
  }
}

}  // namespace

ObjectStore::ObjectStore(fs::path objects, fs::path scratch, std::int64_t begun_ns)
    : objects_(std::move(objects)),
      scratch_(std::move(scratch)),
      begun_ns_(begun_ns),
      stored_files_([this](const Hash& id) { return content_folder(id); }) {
  make_folders(objects_);
  make_folders(scratch_);
}

fs::path ObjectStore::object_folder(const Hash& id) const {
  return content_folder_in(objects_, id).parent_path();
}

fs::path ObjectStore::content_folder(const Hash& id) const {
  return content_folder_in(objects_, id);
}

fs::path ObjectStore::content_folder_in(const fs::path& objects, const Hash& id) {
  const std::string hex = id.hex();
  return objects / hex.substr(0, 2) / hex / "content";
}

std::optional<FileStat> ObjectStore::current_stat(const Hash& id) const {
  return stat_link(content_folder(id));
}

bool ObjectStore::is_present(const Hash& id, const FileStat& recorded) const {
  const auto look = current_stat(id);
  LookRecorder::saw(content_folder(id), false, look, true);
  return look && look->kind == FileKind::folder && look->same_content_as(recorded);
}

std::vector<TreeEntry> ObjectStore::entries(const Hash& id) const {
  const fs::path object = object_folder(id);
  if (!stat_link(object))
    fail(ErrorKind::not_found,
         "'{}' is missing: it held an output; run the pipeline again to make it anew",
         printable(object.native()));
  const auto manifest = find_manifest(id).manifest;
  if (!manifest)
    fail(ErrorKind::system,
         "'{}' is damaged: it describes an output; run the pipeline again to make it anew",
         printable((object / "entries").native()));
  std::vector<TreeEntry> entries;
  entries.reserve(manifest->entries.size());
  for (const auto& item : manifest->entries) entries.push_back(item.entry);
  return entries;
}

ObjectStore::FoundManifest ObjectStore::find_manifest(const Hash& id) const {
  const fs::path file = object_folder(id) / "entries";
  const auto look = stat_link(file);
  if (!look || look->kind != FileKind::file) return {};
  if (auto known = known_manifests_.find(id, *look)) return {std::move(known), true};
  auto read = decode_object_manifest(read_file(file));
  if (!read) return {};
  FoundManifest found{std::make_shared<const ObjectManifest>(std::move(*read))};
  found.describes_it = describes(*found.manifest, id);
  if (found.describes_it) known_manifests_.remember(id, *look, found.manifest);
  return found;
}

ObjectState ObjectStore::check(const Hash& id) {
  const fs::path object = object_folder(id);
  const auto look = stat_link(object);
  if (!look) return ObjectState::missing;
  const fs::path content = object / "content";
  bool whole = false;
  try {
    const auto [manifest, describes_it] = find_manifest(id);
    const auto* known = manifest.get();
    if (describes_it && looks_untouched(content, *known))
      return mark_used(object) ? ObjectState::intact : ObjectState::missing;
    std::vector<TreeEntry> entries = read_again(content, known, nullptr);
    whole = hash_tree(entries) == id;
    if (whole)
      write_file_atomically(object / "entries", encode_object_manifest(seal(content, entries)));
  } catch (const Error& error) {
    // What cannot be renewed is checked again the next time.
    if (!stat_link(object)) return ObjectState::missing;
    if (!whole && error.is_machine_fault())
      throw Error(error.kind(), fault_text(object, error), error.error_number());
  }
  if (whole) return mark_used(object) ? ObjectState::intact : ObjectState::missing;
  (void)quarantine(id, *look);
  return ObjectState::damaged;
}

fs::path ObjectStore::quarantine_folder() const { return objects_.parent_path() / "quarantine"; }

fs::path ObjectStore::quarantine(const Hash& id, const FileStat& judged) {
  static std::atomic<unsigned> counter{0};
  const fs::path folder = quarantine_folder();
  make_folders(folder);
  const fs::path object = object_folder(id);
  fs::path away = folder / fmt::format("{}-{}-{}", id.hex(), ::getpid(), counter++);
  if (::rename(object.c_str(), away.c_str()) != 0) {
    if (errno == ENOENT) return {};  // another process was faster
    fail_errno(errno, fmt::format("cannot move the damaged output '{}' out of the way",
                                  printable(object.native())));
  }
  // Another process may have put a whole one there since we looked.
  const auto moved = stat_link(away);
  if (!moved || moved->ino == judged.ino) return away;
  if (::rename(away.c_str(), object.c_str()) != 0 && errno != ENOTEMPTY && errno != EEXIST)
    fail_errno(errno,
               fmt::format("cannot move '{}' back into the store", printable(away.native())));
  return {};
}

std::vector<fs::path> ObjectStore::find_files(const std::vector<TreeEntry>& entries) {
  return stored_files_.find(list().objects, entries);
}

void ObjectStore::copy_content(const Hash& id, const fs::path& to, bool writable) const {
  const std::vector<TreeEntry> all = entries(id);
  const fs::path content = content_folder(id);
  for (const auto& entry : all) {
    const fs::path copy = to / entry.path;
    switch (entry.kind) {
      case FileKind::folder:
        make_folders(copy);
        break;
      case FileKind::link:
        if (::symlink(entry.link.c_str(), copy.c_str()) != 0)
          fail_errno(errno, fmt::format("cannot make the link '{}'", printable(copy.native())));
        break;
      case FileKind::file:
      case FileKind::other:
        copy_file(content / entry.path, copy, entry.executable);
        break;
    }
  }
  if (writable) return;
  for (auto entry = all.rbegin(); entry != all.rend(); ++entry) {
    if (entry->kind == FileKind::link) continue;
    const mode_t mode = entry->executable || entry->kind == FileKind::folder ? 0555 : 0444;
    const fs::path copy = to / entry->path;
    if (::chmod(copy.c_str(), mode) != 0)
      fail_errno(errno, fmt::format("cannot make '{}' read-only", printable(copy.native())));
  }
}

/// Everything in the store whose flush makes these objects and their names durable, files first.
std::vector<fs::path> ObjectStore::paths_to_flush(const std::vector<Hash>& ids) const {
  std::vector<fs::path> files;
  std::set<fs::path> folders;
  for (const auto& id : ids) {
    const fs::path object = object_folder(id);
    std::shared_ptr<const ObjectManifest> manifest;
    unless_gone(object, [&] { manifest = find_manifest(id).manifest; });
    if (!manifest) continue;
    files.push_back(object / "entries");
    folders.insert({object, object / "content", object.parent_path()});
    for (const auto& item : manifest->entries) {
      if (item.entry.kind == FileKind::file) files.push_back(object / "content" / item.entry.path);
      if (item.entry.kind == FileKind::folder) folders.insert(object / "content" / item.entry.path);
    }
  }
  files.insert(files.end(), folders.rbegin(), folders.rend());
  return files;
}

void ObjectStore::note_unflushed(const Hash& id) {
  const std::lock_guard lock(unflushed_mutex_);
  unflushed_.push_back(id);
}

void ObjectStore::flush() {
  std::vector<Hash> ids;
  {
    const std::lock_guard lock(unflushed_mutex_);
    ids.swap(unflushed_);
  }
  if (ids.empty()) return;
  const WorkTimer timer(Work::storing);
  try {
    flush_objects(ids);
  } catch (...) {
    for (const auto& id : ids) note_unflushed(id);
    throw;
  }
}

void ObjectStore::flush_objects(const std::vector<Hash>& ids) const {
  constexpr std::size_t little = 64;
  const auto paths = ids.size() <= little ? paths_to_flush(ids) : std::vector<fs::path>();
  if (ids.size() <= little && paths.size() <= little) {
    for (const auto& path : paths) unless_gone(path, [&] { flush_to_disk(path); });
    flush_to_disk(objects_);
    return;
  }
  const Fd fd = open_file(objects_, O_RDONLY | O_DIRECTORY);
  if (::syncfs(fd.get()) != 0)
    fail_errno(errno,
               fmt::format("cannot flush the store '{}' to disk", printable(objects_.native())));
}

}  // namespace mlpipe
