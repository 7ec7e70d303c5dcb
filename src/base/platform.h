#pragma once

#include <string>

namespace mlpipe {

/// Operating system and processor of this machine as the kernel names them: "linux x86_64".
[[nodiscard]] std::string platform_name();

}  // namespace mlpipe
