#pragma once

#include <span>
#include <string_view>

namespace mlpipe {

/// A text file that the program carries with it (src/embed.cmake).
struct EmbeddedText {
  std::string_view path;  ///< Below the folder that was embedded.
  std::string_view text;
};

// One function per embedded folder.

/// src/cli/help: the topics of `mlpipe help`, one a file.
[[nodiscard]] std::span<const EmbeddedText> help_texts();

/// src/cli/completion: the scripts that `mlpipe completion` prints.
[[nodiscard]] std::span<const EmbeddedText> completion_scripts();
/// src/cli/templates: the first pipelines that `mlpipe init` writes, "<template>/<file>".
[[nodiscard]] std::span<const EmbeddedText> template_files();

}  // namespace mlpipe
