#pragma once

#include <filesystem>

namespace mlpipe {

/// Whether `path` is on a filesystem whose times or contents another machine or a user's program
/// decides: NFS, SMB, FUSE, 9p, Lustre and the like. Also true if that cannot be found out.
[[nodiscard]] bool on_network_filesystem(const std::filesystem::path& path);

}  // namespace mlpipe
