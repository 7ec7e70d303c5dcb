#pragma once

#include <filesystem>

namespace mlpipe {

/// Who decides what a file on it is.
enum class FilesystemKind {
  local,
  doubtful,  ///< FUSE: sshfs, rclone, s3fs, and many that are only local. Or it cannot be told.
  network,   ///< NFS, SMB, 9p, Lustre and the like.
};

[[nodiscard]] FilesystemKind filesystem_kind(const std::filesystem::path& path);

/// Whether another machine or a user's program may decide its times and contents.
[[nodiscard]] inline bool on_network_filesystem(const std::filesystem::path& path) {
  return filesystem_kind(path) != FilesystemKind::local;
}

}  // namespace mlpipe
