#pragma once

#include <cstdint>
#include <filesystem>

namespace mlpipe {

/// What a file or a folder with all that is in it takes on disk, in bytes: the blocks the
/// filesystem says it gave, so that a sparse file counts little, and a file with several names in
/// the folder once. Links are not followed. What goes away meanwhile, or cannot be read, is left
/// out.
[[nodiscard]] std::uint64_t disk_use(const std::filesystem::path& path);

}  // namespace mlpipe
