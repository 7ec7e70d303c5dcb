#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/pipeline.h"

namespace mlpipe {

/// A pipeline as bytes, every field of it; for this very program alone (store/field_codec.h).
[[nodiscard]] std::string encode(const Pipeline& pipeline);

/// The inverse; nothing for any other bytes.
[[nodiscard]] std::optional<Pipeline> decode_pipeline(std::string_view bytes);

}  // namespace mlpipe
