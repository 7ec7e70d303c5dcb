#include "spec/parameter_file.h"

#include "spec/read_source.h"
#include "spec/yaml_document.h"

namespace mlpipe {

std::set<std::string> names_in_parameter_file(const std::filesystem::path& file) {
  const auto source = read_source(file, "parameter file");
  Problems problems(source);
  const auto document = parse_yaml(source, problems);
  std::set<std::string> names;
  if (const auto* root = document.root(); root != nullptr && root->is_map())
    for (const auto& entry : root->entries) names.insert(entry.key);
  return names;
}

}  // namespace mlpipe
