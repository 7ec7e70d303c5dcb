#include "cli/copy_out.h"

#include <unistd.h>

#include "base/error.h"
#include "base/text.h"

namespace mlpipe {

namespace fs = std::filesystem;

namespace {

bool is_folder(const fs::path& path) {
  const auto look = stat_file(path);
  return look && look->kind == FileKind::folder;
}

/// Folders that are there already are joined; nothing else may be in the way.
void refuse_to_overwrite(const fs::path& folder, const std::vector<TreeEntry>& entries) {
  const auto refuse = [](const fs::path& path) {
    fail(ErrorKind::usage,
         "cannot copy to '{}': it exists already; choose another folder (nothing was copied)",
         printable(path.native()));
  };
  if (stat_link(folder) && !is_folder(folder)) refuse(folder);
  for (const auto& entry : entries) {
    const fs::path path = folder / entry.path;
    if (stat_link(path) && (entry.kind != FileKind::folder || !is_folder(path))) refuse(path);
  }
}

void move_into(const fs::path& from, const fs::path& folder) {
  for (const auto& name : list_names(from)) {
    if (is_folder(folder / name))
      move_into(from / name, folder / name);
    else
      rename_path(from / name, folder / name);
  }
}

}  // namespace

StoreUse::StoreUse(const StateDirectory& state) {
  if (::access(state.root.c_str(), W_OK) == 0) begun_ns = users.emplace(state.store_locks()).join();
}

fs::path copy_out(const ObjectStore& store, const Hash& object, const std::string& destination) {
  if (destination.empty()) fail(ErrorKind::usage, "DIR is empty: expected the folder to copy to");
  fs::path folder = fs::absolute(destination);
  refuse_to_overwrite(folder, store.entries(object));
  make_folders(folder);
  const TemporaryFolder beside(folder);  // so that nothing is left of a copy that fails
  store.copy_content(object, beside.path(), true);
  move_into(beside.path(), folder);
  return folder;
}

}  // namespace mlpipe
