#pragma once

#include <filesystem>
#include <vector>

#include "remote/protocol.h"

namespace mlpipe {

/// The GPUs of NVIDIA on this machine by number, as the kernel names them: /dev/nvidia0.
[[nodiscard]] std::vector<std::uint32_t> nvidia_devices();

/// How this machine stands, and the folder in which all is kept; `around` it are folders that lead
/// to it or to what is started there. A file is made in the folder to try it out, and removed.
[[nodiscard]] PlaceAnswer look_at_place(const std::filesystem::path& folder,
                                        const std::vector<std::filesystem::path>& around);

}  // namespace mlpipe
