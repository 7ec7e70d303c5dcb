#include "engine/state_directory.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "store/filesystem_kind.h"

namespace mlpipe {

namespace {

void refuse_network_filesystem(const std::filesystem::path& folder, bool has_history) {
  if (filesystem_kind(folder) == FilesystemKind::network)
    fail(ErrorKind::system,
         "'{}' lies on a network filesystem, where the database of runs is not safe: {}name a "
         "folder "
         "on a local disk in mlpipe.yaml, as in `state_directory: /var/tmp/mlpipe-NAME`",
         folder.string(),
         has_history ? "move it, since it has the runs and all that they made, and " : "");
}

}  // namespace

void keep_reserve(const StateDirectory& state) {
  constexpr off_t room = off_t{256} * 1024;
  const auto file = state.reserve();
  const Fd fd(
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));  // NOLINT(*-vararg)
  if (fd && ::posix_fallocate(fd.get(), 0, room) != 0) ::unlink(file.c_str());
}

namespace {

/// Of two that come at once one number stays; what the other driver sent away is sent again. On a
/// full disk the next run makes one.
void keep_number(const StateDirectory& state) {
  if (stat_link(state.number())) return;
  Hash number;
  if (::getrandom(number.bytes.data(), number.bytes.size(), 0) < 0) return;
  try {
    write_file_atomically(state.number(), number.hex());
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch)
  }
}

}  // namespace

StateDirectory make_state_directory(const Workspace& workspace) {
  StateDirectory state{workspace.state_directory};
  if (state.exists()) {
    if (::access(state.root.c_str(), W_OK) != 0)
      fail_errno(errno, "cannot write to the folder '" + state.root.string() + "'");
    refuse_network_filesystem(state.root, true);                 // it may have been moved there
    if (!stat_link(state.cache())) make_folders(state.cache());  // people may remove it
    keep_number(state);
    return state;
  }
  make_folders(state.root.parent_path());
  if (::mkdir(state.root.c_str(), 0700) != 0 && errno != EEXIST)
    fail_errno(errno, "cannot make the folder '" + state.root.string() + "'");
  refuse_network_filesystem(state.root, false);
  for (const auto& folder : {state.objects(), state.work(), state.logs(), state.cache(),
                             state.scratch(), state.trash(), state.root / "datastores"})
    make_folders(folder);
  write_file_atomically(state.root / ".gitignore", "*\n");
  keep_reserve(state);
  keep_number(state);
  return state;
}

}  // namespace mlpipe
