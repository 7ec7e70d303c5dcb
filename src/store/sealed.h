#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mlpipe {

/// What a file of ours holds when it may be damaged, and must not be taken for anything else then:
/// the contents, the name of their format, and the XXH3-128 of both.
[[nodiscard]] std::string sealed(std::string contents, std::string_view format);

/// The contents again, a part of `bytes`; nothing if these are not just what sealed() makes.
[[nodiscard]] std::optional<std::string_view> unsealed(std::string_view bytes,
                                                       std::string_view format);

}  // namespace mlpipe
