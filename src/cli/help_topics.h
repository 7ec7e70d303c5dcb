#pragma once

#include <string_view>
#include <vector>

namespace mlpipe {

/// A text of `mlpipe help TOPIC`. It lies in src/cli/help/<name>.txt and is part of the program.
struct HelpTopic {
  std::string_view name;
  std::string_view text;

  /// The first line: what the topic is about.
  [[nodiscard]] constexpr std::string_view summary() const {
    return text.substr(0, text.find('\n'));
  }
  /// All below it, in the form that read_help() knows.
  [[nodiscard]] constexpr std::string_view body() const {
    const auto end = text.find('\n');
    return end == std::string_view::npos ? "" : text.substr(end + 1);
  }
};

/// All topics, in the order in which people should see them.
[[nodiscard]] std::vector<HelpTopic> help_topics();

}  // namespace mlpipe
