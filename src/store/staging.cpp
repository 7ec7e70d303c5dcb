#include "store/staging.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

std::string printable_path(const fs::path& path) { return printable(path.native()); }

void make_folder(const fs::path& path) {
  if (::mkdir(path.c_str(), 0700) != 0)
    fail_errno(errno, fmt::format("cannot make the folder '{}'", printable_path(path)));
}

void make_link(const std::string& text, const fs::path& path) {
  if (::symlink(text.c_str(), path.c_str()) != 0)
    fail_errno(errno, fmt::format("cannot make the link '{}'", printable_path(path)));
}

void set_mode(const fs::path& path, mode_t mode) {
  if (::chmod(path.c_str(), mode) != 0)
    fail_errno(errno, fmt::format("cannot change the permissions of '{}'", printable_path(path)));
}

HashedFile copy_one(const fs::path& from, const fs::path& to, bool make_readable) {
  HashedFile file = copy_and_hash(from, to, make_readable);
  if (file.look.executable) set_mode(to, 0700);
  return file;
}

/// Copy what is below `folder` into `to`, without hashes.
void copy_below(const Walk& walk, const WalkedFolder& folder, const fs::path& to) {
  for (const auto& item : folder.items) {
    const fs::path copy = to / item.name;
    if (item.look.kind == FileKind::link) {
      make_link(item.link, copy);
    } else if (item.look.kind == FileKind::folder) {
      make_folder(copy);
      copy_below(walk, walk.folders[item.folder], copy);
    } else {
      (void)copy_one(walk.place(folder, item), copy, false);
    }
  }
}

/// Make the item anew in a folder beside it, then let it take its place.
void replace_item(const Walk& walk, const WalkedFolder& folder, const WalkedItem& item) {
  const fs::path parent = walk.place(folder);
  set_mode(parent, 0700);
  const fs::path place = walk.place(folder, item);
  const TemporaryFolder beside(parent);
  const fs::path fresh = beside.path() / "new";
  if (item.look.kind == FileKind::link) {
    make_link(item.link, fresh);
  } else if (item.look.kind == FileKind::folder) {
    make_folder(fresh);
    copy_below(walk, walk.folders[item.folder], fresh);
    if (::unlink(place.c_str()) != 0)
      fail_errno(errno, fmt::format("cannot remove the link '{}'", printable_path(place)));
  } else {
    (void)copy_one(place, fresh, !item.replaced);
  }
  rename_path(fresh, place);
}

}  // namespace

std::vector<HashedFile> copy_tree(Walk& walk, const fs::path& to, WorkerPool* pool,
                                  bool make_readable) {
  struct Copy {
    fs::path from;
    fs::path to;
    bool ours = false;
  };
  std::vector<Copy> copies;
  for_each_item(walk, [&](const WalkedFolder& folder, const WalkedItem& item) {
    const fs::path copy = to / folder.path / item.name;
    if (item.look.kind == FileKind::link)
      make_link(item.link, copy);
    else if (item.look.kind == FileKind::folder)
      make_folder(copy);
    else
      copies.push_back({walk.place(folder, item), copy, folder.region == 0 && !item.replaced});
  });
  std::vector<HashedFile> files(copies.size());
  run_each(pool, copies.size(), [&](std::size_t i) {
    files[i] = copy_one(copies[i].from, copies[i].to, make_readable && copies[i].ours);
  });
  return files;
}

void settle_in_place(Walk& walk) {
  for (const auto& folder : walk.folders) {
    if (folder.region != 0) continue;  // comes with the link that leads there
    for (const auto& item : folder.items) {
      const bool shared = item.look.kind == FileKind::file && item.look.links > 1;
      if (item.replaced || shared) replace_item(walk, folder, item);
    }
  }
}

ObjectManifest seal(const fs::path& content, std::vector<TreeEntry> entries) {
  ObjectManifest manifest;
  manifest.entries.resize(entries.size());
  const auto seal_one = [](const fs::path& path, mode_t mode) {
    struct stat raw {};
    int failed = ::lstat(path.c_str(), &raw);
    if (failed == 0 && !S_ISLNK(raw.st_mode) && (raw.st_mode & 07777U) != mode) {
      failed = ::chmod(path.c_str(), mode);
      if (failed == 0) failed = ::lstat(path.c_str(), &raw);
    }
    if (failed != 0) fail_errno(errno, fmt::format("cannot store '{}'", printable_path(path)));
    return to_file_stat(raw);
  };
  // Backwards: a folder after what is in it.
  for (std::size_t i = entries.size(); i-- > 0;) {
    TreeEntry& entry = entries[i];
    const bool runs = entry.executable || entry.kind == FileKind::folder;
    manifest.entries[i].look = seal_one(content / entry.path, runs ? 0555 : 0444);
    manifest.entries[i].entry = std::move(entry);
  }
  manifest.root = seal_one(content, 0555);
  return manifest;
}

}  // namespace mlpipe
