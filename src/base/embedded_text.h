#pragma once

#include <string_view>
#include <vector>

namespace mlpipe {

/// A text file that is a part of the program. `embed_text_files` (src/embed.cmake) makes lists of
/// them; who uses one declares it: `extern const std::vector<EmbeddedText> completion_scripts;`
struct EmbeddedText {
  std::string_view name;  ///< The file's, without folders.
  std::string_view text;
};

}  // namespace mlpipe
