#include "store/filesystem_kind.h"

#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace mlpipe {

FilesystemKind filesystem_kind(const std::filesystem::path& path) {
  // From linux/magic.h and the filesystems' own sources; statfs(2) lists most.
  constexpr std::array<std::uint32_t, 18> kinds = {
      0x00006969,  // NFS
      0x0000517b,  // SMB
      0xff534d42,  // CIFS
      0xfe534d42,  // SMB 2
      0x01021997,  // 9p
      0x0bd00bd0,  // Lustre
      0x00c36400,  // Ceph
      0x47504653,  // GPFS
      0x19830326,  // FhGFS, BeeGFS
      0x5346414f,  // AFS (kernel)
      0x6b414653,  // kAFS
      0x73757245,  // Coda
      0x0000564c,  // NCP
      0x20030528,  // OrangeFS
      0x01161970,  // GFS2
      0x7461636f,  // OCFS2
      0xaad7aaea,  // PanFS
      0x786f4256,  // VirtualBox shared folders
  };
  struct statfs raw {};
  if (::statfs(path.c_str(), &raw) != 0) return FilesystemKind::doubtful;
  // The field's width differs between architectures; the numbers have 32 bits.
  const auto kind = static_cast<std::uint32_t>(raw.f_type);
  constexpr std::uint32_t fuse = 0x65735546;
  if (kind == fuse) return FilesystemKind::doubtful;
  const bool is_network = std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  return is_network ? FilesystemKind::network : FilesystemKind::local;
}

}  // namespace mlpipe
