#pragma once

#include <array>

namespace mlpipe {

/// What a step gets of the environment of whoever starts it there (semantics.md 5).
inline constexpr std::array variables_of_caller = {
    "PATH", "HOME", "USER", "LOGNAME", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
    // With `gpus:` configured it is set anew for each step (target/slots.h).
    "CUDA_VISIBLE_DEVICES"};

}  // namespace mlpipe
