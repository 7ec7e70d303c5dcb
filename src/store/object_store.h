#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "base/worker_pool.h"
#include "store/contents.h"
#include "store/known_manifests.h"
#include "store/stored_files.h"

namespace mlpipe {

struct Walk;

/// What is in the store under one id.
struct StoredObject {
  /// The tree hash of the object's folder. For a file, of the folder that holds just this file
  /// under its base name, so two equal files of different names are two objects.
  Hash id;
  /// What a consumer's fingerprint holds: a file's bytes hash, a folder's tree hash (= id).
  Hash content_hash;
  FileKind kind = FileKind::folder;
  bool executable = false;  ///< A file's x bit.
  std::string file_name;    ///< A file's base name.
  std::uint64_t bytes = 0;
  std::uint64_t files = 0;
  /// Of the object's content folder, taken after its last change: what a hit compares.
  FileStat stat;
};

/// Whether an object can be used.
enum class ObjectState {
  intact,
  missing,
  damaged,  ///< Its bytes are not what its manifest says; it was moved to quarantine.
};

/// How closely an object is looked at.
enum class Closeness {
  stats,  ///< Each entry's stat; bytes only where that moved.
  bytes,  ///< Every byte is read and hashed again.
};

/// What a close look at an object found.
struct InspectedObject {
  ObjectState state = ObjectState::intact;
  /// It looked other than its manifest says, and its bytes are the same: the manifest was renewed.
  bool renewed = false;
  std::vector<std::string> damage;   ///< What is wrong, one place each, for people.
  std::filesystem::path quarantine;  ///< Where it was moved.
  std::string not_moved;             ///< Why it could not be moved there.
  /// What kept it from being looked at, or its manifest from being renewed: a fault of the machine.
  /// Nothing is known of its state then, and nothing was moved.
  std::string fault;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

/// What lies in the store.
struct StoreListing {
  std::vector<Hash> objects;                   ///< Sorted.
  std::vector<std::filesystem::path> strange;  ///< What mlpipe has not put there.
};

/// What an object takes on disk, and when a driver added or used it last.
struct StoredSize {
  Hash id;
  std::uint64_t disk_bytes = 0;
  std::int64_t used_ns = 0;
};

/// Contents under their hashes. An object is a folder `objects/ab/<id>/` with `content/` (what
/// consumers read) and `entries` (its manifest: every entry with hash and stat). An object is there
/// when its folder is there: it gets its name by one rename after everything in it is complete.
/// Entries are read-only. Any number of threads and processes may use the same store.
class ObjectStore {
 public:
  /// `objects` and `scratch` are on one filesystem; both are made if need be. What this object adds
  /// or uses is never dated before `begun_ns`, however the clock is set (StoreUsers).
  ObjectStore(std::filesystem::path objects, std::filesystem::path scratch,
              std::int64_t begun_ns = 0);

  /// Take in what a step made: hash `path`, then move it in by rename (a file with more than one
  /// link, or one on another filesystem, is copied). `path` is gone afterwards. In a folder,
  /// absolute links into it become relative; any other link that leaves it is replaced by its
  /// target. If the object is there already, whole, `path` is just removed.
  [[nodiscard]] StoredObject add_output(const std::filesystem::path& path);

  /// Take in what was written just now: `folder`, in the store's own scratch, holds nothing but
  /// `content/`. Nothing is read again: the entries have the hashes of the bytes as they were
  /// written; those of folders are filled in. If the object is there already, whole, `folder` is
  /// left.
  [[nodiscard]] StoredObject add_written(const std::filesystem::path& folder, FileKind kind,
                                         std::vector<TreeEntry> entries);

  /// Copy a source directory, and what is added to it, into the store, one consistent view; the id
  /// is the hash of the bytes as copied. Costs only looks if the cache knows all files and the
  /// object is there.
  [[nodiscard]] StoredObject add_source(const SourceFolder& source, StatCache& cache,
                                        WorkerPool& pool);

  /// Copy a file or a folder into the store, one consistent view of all that is in it. A link at
  /// `path` is followed; links in a folder as add_output() has them.
  [[nodiscard]] StoredObject add_copy(const std::filesystem::path& path, StatCache& cache,
                                      WorkerPool& pool);

  /// Where consumers read: the content folder, or the file in it.
  [[nodiscard]] std::filesystem::path content_folder(const Hash& id) const;
  /// The same in a store that keeps its objects there; nothing is looked at.
  [[nodiscard]] static std::filesystem::path content_folder_in(const std::filesystem::path& objects,
                                                               const Hash& id);

  /// The cheap check of a hit: the content folder's stat equals the recorded one.
  [[nodiscard]] bool is_present(const Hash& id, const FileStat& recorded) const;

  /// The full check before an object is used: every entry's stat equals the recorded one; where it
  /// does not, the bytes are hashed again. Equal bytes: the manifest is renewed (a copied workspace
  /// keeps its results). Otherwise the object goes to quarantine. Throws Error(system) if it cannot
  /// be read for a reason that says nothing of it (Error::is_machine_fault()): it stays.
  [[nodiscard]] ObjectState check(const Hash& id);

  /// The same for a person who wants to know: says what is wrong. The files of a large object are
  /// read on all threads. Throws Error(system) only if this process can open no more files.
  [[nodiscard]] InspectedObject inspect(const Hash& id, Closeness closeness, WorkerPool& pool);

  /// All that is there now; objects that come or go meanwhile may be in it or not.
  [[nodiscard]] StoreListing list() const;

  /// Where damaged objects go.
  [[nodiscard]] std::filesystem::path quarantine_folder() const;

  /// The object's own stat now; nothing if it is not there.
  [[nodiscard]] std::optional<FileStat> current_stat(const Hash& id) const;

  /// All that is known of an object, by its manifest and its stat. Throws Error(not_found) if there
  /// is none, Error(system) if it is not of that kind.
  [[nodiscard]] StoredObject describe(const Hash& id, FileKind kind) const;

  /// The manifest. Throws Error(not_found) if there is no such object.
  [[nodiscard]] std::vector<TreeEntry> entries(const Hash& id) const;

  /// Where a file of the bytes of each of these entries lies in some object; empty: nowhere, or it
  /// is no file, or an empty one. It may be gone or damaged: whoever copies it hashes it.
  [[nodiscard]] std::vector<std::filesystem::path> find_files(
      const std::vector<TreeEntry>& entries);

  /// Copy the content to a folder that must exist and be empty. `writable`: with write permission
  /// for the owner. By reflink or copy, never by hard link.
  void copy_content(const Hash& id, const std::filesystem::path& to, bool writable) const;

  /// Make everything durable that this object has added so far: file by file while it is little,
  /// so that other programs' unwritten gigabytes are not waited for, else by one flush of the
  /// store's whole filesystem. One call at a time.
  void flush();

  // --- Garbage collection (object_collect.cpp) -------------------------------------------------
  // An object that is to go is first put away: by one rename into `trash`, beside the store. Only
  // there is it looked at for the last time, since nobody can begin to use it any more.

  /// All objects, by id. What goes away meanwhile is left out.
  [[nodiscard]] std::vector<StoredSize> sizes(WorkerPool& pool) const;
  /// False if it is not there (any more).
  [[nodiscard]] bool put_away(const Hash& id);
  /// What is put away now, also by a gc that was killed.
  [[nodiscard]] std::vector<Hash> put_away_objects() const;
  /// When an object that is put away was used last.
  [[nodiscard]] std::int64_t put_away_use(const Hash& id) const;
  /// If another one has come in its place, it is removed instead.
  void put_back(const Hash& id);
  void remove_put_away(const Hash& id);
  /// Where objects and folders go before they are removed.
  [[nodiscard]] std::filesystem::path trash() const;

 private:
  struct Staged;

  [[nodiscard]] std::filesystem::path object_folder(const Hash& id) const;
  [[nodiscard]] StoredObject put(const Staged& staged);
  /// Give what is staged its manifest; nothing in it is written any more.
  [[nodiscard]] FileStat complete(const Staged& staged, const Hash& id,
                                  std::vector<TreeEntry>& entries);

  /// The manifest of an object, without reading it again if its file is as it was.
  struct FoundManifest {
    std::shared_ptr<const ObjectManifest> manifest;  ///< Null: missing, or not whole.
    bool describes_it = false;                       ///< It is this object's, not another one's.
  };
  [[nodiscard]] FoundManifest find_manifest(const Hash& id) const;

  /// Where it went; empty if another process was faster.
  std::filesystem::path quarantine(const Hash& id, const FileStat& judged);
  [[nodiscard]] bool mark_used(const std::filesystem::path& object) const;
  [[nodiscard]] std::filesystem::path away_folder(const Hash& id) const;
  [[nodiscard]] std::optional<StoredObject> try_add(Walk walk, StatCache& cache, WorkerPool& pool);

  /// To be called once the object has its name: a flush going on beside finds it, or leaves it.
  void note_unflushed(const Hash& id);
  void flush_objects(const std::vector<Hash>& ids) const;
  [[nodiscard]] std::vector<std::filesystem::path> paths_to_flush(
      const std::vector<Hash>& ids) const;

  std::filesystem::path objects_;
  std::filesystem::path scratch_;
  std::int64_t begun_ns_;
  std::mutex unflushed_mutex_;
  std::vector<Hash> unflushed_;
  mutable KnownManifests known_manifests_;
  StoredFiles stored_files_;
};

}  // namespace mlpipe
