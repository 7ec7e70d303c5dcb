#include "cli/help_topics.h"

#include <algorithm>
#include <array>

#include "cli/embedded_text.h"

namespace mlpipe {

std::vector<HelpTopic> help_topics() {
  // Where one begins to read; a text that is not named here comes last.
  constexpr std::array<std::string_view, 14> order = {
      "spec",      "expressions", "workspace", "remote", "reuse",     "registry",  "endpoints",
      "schedules", "variables",   "files",     "disk",   "debugging", "isolation", "exit-codes"};
  std::vector<HelpTopic> topics;
  for (const auto& file : help_texts())
    topics.push_back({.name = file.path.substr(0, file.path.rfind('.')), .text = file.text});
  const auto place = [&order](const HelpTopic& topic) {
    return std::find(order.begin(), order.end(), topic.name);
  };
  std::stable_sort(topics.begin(), topics.end(), [&place](const HelpTopic& a, const HelpTopic& b) {
    return place(a) < place(b);
  });
  return topics;
}

}  // namespace mlpipe
