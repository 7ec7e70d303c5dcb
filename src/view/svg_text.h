#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mlpipe {

/// Any bytes as text for XML, between tags or in quotes: control characters and what is not UTF-8
/// become \xNN.
[[nodiscard]] std::string xml_text(std::string_view bytes);

/// About how wide a text will be, in pixels: rather too wide than too narrow, since nobody knows
/// the reader's fonts.
[[nodiscard]] double text_width(std::string_view text, double font_size);

/// Where a text that is too long is cut.
enum class Cut { middle, end };

/// `text` made printable and so short that it takes about `width` pixels at most, with "…" for what
/// is left out.
[[nodiscard]] std::string shortened(std::string_view text, double font_size, double width, Cut cut);

}  // namespace mlpipe
